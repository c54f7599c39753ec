internal import Configuration
public import SaliencyCore

/// A metric that exchanges the pixels of one image for those of another, the highest of the map first, and follows the class's
/// probability: deletion and insertion.
///
/// Pixels are ranked by the map (equal ones keep their row-major order) and exchanged in ceil(HW / step) equal steps. The metric
/// value is the area under the probability's curve, both ends included: the trapezoid rule divided by the number of steps.
public protocol PixelExchangeMetric: Metric {
  /// The name of the curve, and what its x axis shows.
  static var curveName: (name: String, xTitle: String) { get }

  /// How many pixels are exchanged in one step.
  var step: Int { get set }

  /// What is in the place of removed pixels.
  var fill: Fill { get set }

  /// The image before any step, and the one whose pixels replace its own.
  ///
  /// - Parameter filled: The image with every pixel replaced by the fill.
  func images(_ image: Tensor, filled: Tensor) -> (start: Tensor, end: Tensor)
}

extension PixelExchangeMetric {
  /// The metric with another step, and another fill if one is given.
  public init(step: Int, fill: Fill? = nil) {
    self.init()
    self.step = step
    if let fill { self.fill = fill }
  }

  public func validate() throws {
    try Self.require("step", step, in: 1...Self.largestCount, unit: "pixels")
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: (map.pixels + step - 1) / step + 1)
  }

  public func score(_ subject: Subject) throws -> Score {
    let images = images(subject.input, filled: subject.replacement(fill))
    let curve = try subject.exchangeCurve(
      Self.curveName.name, from: images.start, to: images.end, step: step, xTitle: Self.curveName.xTitle)
    return Score([curve.areaUnderCurve], curves: [curve])
  }
}
