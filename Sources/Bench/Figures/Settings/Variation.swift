/// A row, a column, or a line of a figure as it is declared: what is fixed, and what takes several values, which makes several rows.
struct Variation: Sendable {
  var fixed = Setting()
  /// What it is called, where not by what it varies.
  var label: String?
  /// What takes values of its own, the slowest first.
  var axes: [Axis] = []
  /// At most so many layers and images, evenly picked.
  var most: Int?

  enum Axis: Sendable {
    case models([ModelChoice])
    /// Names, or patterns with `*` and `?`.
    case images([String])
    case targets([TargetChoice])
    case methods([MethodChoice])
    case layers(LayerChoice)
    /// The trained model, then randomised down to each layer.
    case cascading
    /// The trained model, then each layer randomised alone.
    case independent
    case enlargements([Enlargement])
    case sweep(Sweep)
  }

  enum LayerChoice: Sendable {
    /// The output of every convolution, its normalisation and activation applied.
    case convolutional
    case named([String])
  }
}

/// One row, column, or line.
struct Variant: Sendable {
  var setting = Setting()
  /// What it varies, in words.
  var parts: [String] = []
  /// What it is called instead.
  var label: String?
  /// Whether it decides about which class is asked, so that the class belongs to its name.
  var namesClass = false

  var title: String { label ?? parts.joined(separator: ", ") }
}
