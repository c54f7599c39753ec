public import SaliencyCore

/// What any explanation has to beat: maps that do not look at the model.
public enum ControlCatalog {
  /// A random map, a centred Gaussian, the image's edges.
  public static let standard = MethodCatalog([RandomControl.self, CentredGaussian.self, SobelEdges.self])
}
