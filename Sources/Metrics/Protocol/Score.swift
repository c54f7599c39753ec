/// The result of a metric for one map: values, curves, or the reason why there are none.
public struct Score: Sendable, Equatable, Codable {
  /// One for each of the descriptor's values, in that order; nil if it has no meaning.
  public var values: [Double?]
  /// What the numbers are a summary of.
  public var curves: [Curve]
  /// Why values, or points of a curve, are missing; nil if none is.
  public var reason: String?

  public init(_ values: [Double?], curves: [Curve] = [], reason: String? = nil) {
    self.values = values
    self.curves = curves
    self.reason = reason
  }

  public init(_ value: Double, curves: [Curve] = []) { self.init([value], curves: curves) }

  /// A score without any number, for a reason in words: `the image has no mask of class 3`.
  public static func notApplicable(_ reason: String, for descriptor: MetricDescriptor) -> Score {
    Score(descriptor.values.map { _ in nil }, reason: reason)
  }

  /// The first value.
  public var primary: Double? { values.first.flatMap(\.self) }

  /// Whether there is any number at all.
  public var isApplicable: Bool { values.contains { $0 != nil } }

  /// The score with numbers that are not finite, or beyond 1e150, taken out, and the reason for it.
  func checkedForFiniteness() -> Score {
    let bad = values.contains { $0.map { !$0.isStorable } ?? false }
    guard bad || curves.contains(where: { !$0.isFinite }) else { return self }
    var copy = self
    copy.values = values.map { $0.flatMap { $0.isStorable ? $0 : nil } }
    copy.curves = curves.map(\.finitePart)
    copy.reason = [reason, "a number is not finite, or beyond 1e150"].compactMap(\.self).joined(
      separator: "; ")
    return copy
  }
}

/// Numbers along an axis: what happens to the probability as pixels go, or to the map as layers are randomised.
public struct Curve: Sendable, Equatable, Codable {
  /// The name, unique within the metric: `morf`.
  public var name: String
  /// What the axes show, with units: `share of pixels removed`, `class probability`.
  public var xTitle: String
  /// The title of the y axis, with its unit.
  public var yTitle: String
  /// The positions on the x axis.
  public var x: [Double]
  /// One for each x; nil if it has no meaning.
  public var y: [Double?]
  /// Names for the places on the x axis (the layers of a randomisation curve); empty for a numerical axis.
  public var ticks: [String]

  public init(
    _ name: String, xTitle: String, yTitle: String, x: [Double], y: [Double?], ticks: [String] = []
  ) {
    precondition(
      x.count == y.count && (ticks.isEmpty || ticks.count == x.count), "one y, one tick for each x")
    self.name = name
    self.xTitle = xTitle
    self.yTitle = yTitle
    self.x = x
    self.y = y
    self.ticks = ticks
  }

  /// Whether every number is finite as a 32-bit float, as it is stored.
  var isFinite: Bool { y.allSatisfy { $0.map(Self.isStorable) ?? true } }

  private static func isStorable(_ number: Double) -> Bool { Float(number).isFinite }

  var finitePart: Curve {
    var copy = self
    copy.y = y.map { $0.flatMap { Self.isStorable($0) ? $0 : nil } }
    return copy
  }
}

/// Thrown by a metric that is not applicable to a subject; it is no failure.
public struct NotApplicable: Error, Equatable, CustomStringConvertible {
  /// Why, in words that a table's footnote can carry: `the map is all zero`.
  public let reason: String

  public init(_ reason: String) { self.reason = reason }

  public var description: String { reason }
}
