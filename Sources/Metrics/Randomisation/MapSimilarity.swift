package import SaliencyCore

/// Four ways in which two maps can be alike (Adebayo 2018, section 3).
package struct MapSimilarity {
  /// The kinds, in the order in which they are reported.
  package enum Kind: String, CaseIterable {
    case absoluteSpearman = "abs-spearman"
    case spearman, ssim, hog

    var title: String {
      switch self {
      case .absoluteSpearman: "rank correlation of magnitudes"
      case .spearman: "rank correlation"
      case .ssim: "SSIM"
      case .hog: "HOG similarity"
      }
    }
  }

  private let ranks: [Double]
  private let absoluteRanks: [Double]?
  private let picture: SaliencyMap
  private let shape: [Double]?
  private let gradients: OrientedGradients

  /// Compares other maps with this one.
  package init(to map: SaliencyMap, cellSize: Int) {
    gradients = OrientedGradients(cell: cellSize)
    ranks = Correlation.ranks(map.values)
    absoluteRanks = map.isSigned ? Correlation.ranks(map.values.map(abs)) : nil
    picture = map.magnitudes.scaledToUnit()
    shape = gradients.descriptor(of: picture)
  }

  /// The similarities of another map, in the order of `Kind`; nil if they have no meaning.
  package func callAsFunction(_ other: SaliencyMap) -> [Double?] {
    guard other.defect == nil else { return Kind.allCases.map { _ in nil } }
    let otherRanks = Correlation.ranks(other.values)
    let spearman = Correlation.pearson(ranks, otherRanks)
    var absolute = spearman
    if absoluteRanks != nil || other.isSigned {
      absolute = Correlation.pearson(absoluteRanks ?? ranks, Correlation.ranks(other.values.map(abs)))
    }
    let otherPicture = other.magnitudes.scaledToUnit()
    let hog = shape.flatMap { mine in
      gradients.descriptor(of: otherPicture).flatMap { Correlation.pearson(mine, $0) }
    }
    return [absolute, spearman, StructuralSimilarity.of(picture, otherPicture), hog]
  }
}

extension SaliencyMap {
  fileprivate var isSigned: Bool { values.contains { $0 < 0 } }

  fileprivate var magnitudes: SaliencyMap {
    SaliencyMap(height: height, width: width, values: values.map(abs))
  }
}
