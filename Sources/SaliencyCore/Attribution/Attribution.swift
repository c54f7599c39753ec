/// The result of a method: a signed number for each input element, or for each position of a layer's map.
public struct Attribution: Sendable {
  /// `[N, H, W, C]` at the resolution of the input, or `[N, h, w, 1]` at that of a layer.
  public let values: Tensor
  /// How many layers the method's backward rule decided about; nil for a method without a rule.
  public var matched: Int?
  /// |sum of values - (f(x) - f(baseline))| / |f(x) - f(baseline)| for each image, of a method that promises
  /// completeness.
  public var completenessGap: [Float]?

  public init(_ values: Tensor, matched: Int? = nil, completenessGap: [Float]? = nil) {
    precondition(values.shape.rank == 4, "an attribution has four axes, not \(values.shape)")
    self.values = values
    self.matched = matched
    self.completenessGap = completenessGap
  }

  /// Another value for each element, everything else kept.
  public func with(values: Tensor) -> Attribution {
    Attribution(values, matched: matched, completenessGap: completenessGap)
  }
}
