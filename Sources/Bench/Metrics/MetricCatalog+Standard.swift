public import SaliencyCore

extension MetricCatalog {
  /// Every metric of the toolkit, by category.
  public static let standard = MetricCatalog([Sparseness.self])
}
