internal import Configuration
public import SaliencyCore

/// Localisation AUC: whether pixels of the object are marked higher than others.
///
/// The area under the ROC curve of the map as a detector of the region's pixels, which is the probability that a pixel
/// inside is higher than one outside; equal values count half. 0.5 for a map that has nothing to do with the object. The
/// map is resized to the annotated image.
///
/// T. Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 2006, doi:10.1016/j.patrec.2005.10.010.
public struct LocalisationAUC: RegionMetric {
  public static let descriptor = MetricDescriptor(
    "localisation-auc", title: "Localisation AUC", category: .localisation, direction: .higher,
    paper: "Fawcett 2006, doi:10.1016/j.patrec.2005.10.010", needs: [.region])

  public var region = Region.maskOrBox
  public var object: String?

  public init() {}

  public func score(_ map: SaliencyMap, in mask: Mask) throws(NotApplicable) -> Double {
    try map.requireContrast()
    let (inside, all) = (Double(mask.area), Double(map.values.count))
    guard inside < all else { throw NotApplicable("the region is the whole image") }
    let ranks = Correlation.ranks(map.values)
    let sum = zip(ranks, mask.pixels).reduce(0) { $1.1 ? $0 + $1.0 : $0 }
    return (sum - inside * (inside + 1) / 2) / (inside * (all - inside))
  }
}
