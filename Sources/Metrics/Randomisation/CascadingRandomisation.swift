internal import Configuration
internal import SaliencyCore

/// Cascading parameter randomisation: how alike the map stays as the model is randomised layer by layer from the scores down.
///
/// Four curves over the layers, each the similarity to the trained model's map: Spearman's rank correlation of the magnitudes and of the
/// signed values, SSIM and HOG similarity (Pearson's correlation of two descriptors) of the magnitudes scaled to [0, 1]. The
/// numbers are the curves' last points, where the whole model is random: a map that is still the same does not depend on what
/// the model has learned.
///
/// J. Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018, arXiv:1810.03292, section 3.1. Each layer is drawn
/// `seeds` times, keyed by seed, number of the draw and name; a point is the mean over the draws whose map is neither
/// constant nor infinite. One draw, as in the paper, leaves the value to chance: for one model the rank correlation of
/// Grad-CAM was -0.05, 0.00, 0.05 and 0.10 for four draws. A layer's statistics (batch normalisation) are reset with it,
/// so that the last model is an untrained one; the authors' code re-initialises what is trainable only. Where the model
/// has several layers, all those below the top of the cascade stay trained.
///
/// Known deviations elsewhere: xplique draws all weights, biases included, from [0, 1); Quantus draws every layer from
/// one seed and divides maps by the maximum over its batch.
public struct CascadingRandomisation: ParameterRandomisation {
  public static let descriptor = MetricDescriptor(
    "cascading-randomisation", title: "Cascading randomisation", category: .randomisation,
    paper: "Adebayo 2018, arXiv:1810.03292", needs: [.method], values: values("all layers random"))

  /// What randomised layers hold.
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
    layers.indices.map { RandomisationStep(name: layers[$0], layers: Array(layers[...$0])) }
  }

  func summary(of curve: Curve) -> Double? { curve.y.last.flatMap(\.self) }
}
