extension Plot {
  /// What one axis shows, and on which scale.
  public struct Axis: Sendable, Hashable {
    /// Beside the axis; empty for none.
    public var title: String
    /// How values become positions.
    public var scale: Scale
    /// A unit of measurement such as `s`, written with SI prefixes ("20 ms"); empty for plain numbers.
    public var unit: String

    /// What one axis shows, and on which scale.
    public init(_ title: String, scale: Scale = .linear, unit: String = "") {
      self.title = title
      self.scale = scale
      self.unit = unit
    }
  }

  /// How values become positions on an axis.
  public enum Scale: Sendable, Hashable {
    case linear
    /// For positive values.
    case logarithmic
    /// Names of the values 0, 1, 2, ....
    case categorical([String])
  }
}

extension Plot.Scale {
  var isLogarithmic: Bool { self == .logarithmic }

  /// Whether a value has a position on the axis.
  func takes(_ value: Double) -> Bool {
    guard value.isFinite, abs(value) <= 1e100 else { return false }
    switch self {
    case .linear: return true
    case .logarithmic: return value >= 1e-100
    case .categorical(let names): return value > -0.5 && value < Double(names.count) - 0.5
    }
  }
}
