internal import Configuration
internal import SaliencyCore

/// Independent parameter randomisation: how alike the map stays when one layer of the model is randomised.
///
/// The curves of `CascadingRandomisation`, each point with one layer randomised and all others trained; the numbers are the
/// means over the layers.
///
/// J. Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018, arXiv:1810.03292, section 3.1.
public struct IndependentRandomisation: ParameterRandomisation {
  public static let descriptor = MetricDescriptor(
    "independent-randomisation", title: "Independent randomisation", category: .randomisation,
    paper: "Adebayo 2018, arXiv:1810.03292", needs: [.method], values: values("mean over layers"))

  /// What the randomised layer holds.
  public var initialiser = Initialiser.glorotUniform
  /// The side of a cell of the HOG descriptor, in pixels.
  public var cellSize = 8
  /// How many times each layer is re-initialised; similarities are means over them.
  public var seeds = 5

  public init() {}

  /// The metric with another initialiser and number of re-initialisations.
  public init(initialiser: Initialiser, seeds: Int = 5) {
    self.initialiser = initialiser
    self.seeds = seeds
  }

  func steps(_ layers: [String]) -> [RandomisationStep] {
    layers.map { RandomisationStep(name: $0, layers: [$0]) }
  }

  func summary(of curve: Curve) -> Double? {
    let points = curve.y.dropFirst().compactMap(\.self)
    return points.isEmpty ? nil : points.reduce(0, +) / Double(points.count)
  }
}
