package import SaliencyCore

/// How two maps of one size agree.
package struct MapAgreement: Sendable {
  /// Spearman's rank correlation of the values; nil if a map is constant.
  package let rankCorrelation: Double?
  /// The structural similarity of the maps, each scaled to [0, 1]; nil if they are smaller than the window of 11 x 11.
  package let structuralSimilarity: Double?
  /// How far the first maxima in row-major order are apart, in pixels.
  package let peakDistance: Double

  package init(_ a: SaliencyMap, _ b: SaliencyMap) {
    precondition(a.height == b.height && a.width == b.width, "maps of one size")
    rankCorrelation = Correlation.spearman(a.values, b.values)
    structuralSimilarity = StructuralSimilarity.of(a.scaledToUnit(), b.scaledToUnit())
    let (first, second) = (a.indexOfMaximum, b.indexOfMaximum)
    let (dy, dx) = (first / a.width - second / a.width, first % a.width - second % a.width)
    peakDistance = Double(dy * dy + dx * dx).squareRoot()
  }
}
