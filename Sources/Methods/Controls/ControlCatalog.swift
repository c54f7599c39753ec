public import SaliencyCore

/// Baselines that do not look at the model, which any method should beat.
public enum ControlCatalog {
  /// A random map, a centred Gaussian, the image's edges, its detail, its magnitude.
  public static let standard = MethodCatalog([
    RandomControl.self, CentredGaussian.self, SobelEdges.self, LaplaceFilter.self, InputMagnitude.self,
  ])

  /// The controls of an experiment that names none.
  public static let usedByDefault = ["random", "centre", "sobel"]
}
