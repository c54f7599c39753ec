/// A declared row, column, or line of a figure; properties with several values make several rows.
struct Variation: Sendable {
  var fixed = Setting()
  /// Its label; nil to name it by the values that vary.
  var label: String?
  /// The properties with several values, the slowest first.
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
  /// The values that vary, in words.
  var parts: [String] = []
  /// A title in place of them.
  var label: String?
  /// Whether it decides the class, so that the class is part of its title.
  var namesClass = false

  var title: String { label ?? parts.joined(separator: ", ") }
}
