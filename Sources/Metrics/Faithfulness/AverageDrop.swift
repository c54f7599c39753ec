internal import Configuration
internal import SaliencyCore

/// Average Drop, Increase in Confidence, and Average Gain: what happens to the class's probability when only what the map
/// marks is kept.
///
/// Y is the probability for the image, O that for the image times the map. Negative values of the map are cut to 0 (the
/// paper's maps have none: min-max scaling would turn no evidence into half a mask); then it is scaled to [0, 1] by its
/// smallest and largest value at the resolution it has, and upsampled. `negatives: shift` scales the signed map itself,
/// as earlier versions did. Drop: 100 max(0, Y - O) / Y; increase: 100 if O > Y, else 0; gain: 100 max(0, O - Y) / (1 -
/// Y). A dataset's numbers are the means, in percent. The product is taken in the preprocessed space, so that a removed
/// pixel is 0 there. Not applicable to a model whose output is a single bare number.
///
/// A. Chattopadhay et al., "Grad-CAM++", WACV 2018, arXiv:1710.11063, section 4.1; the gain: H. Zhang et al., "Opti-CAM",
/// CVIU 2024, arXiv:2301.07002.
///
/// Known deviations elsewhere: pytorch-grad-cam does not divide by Y; xplique and torch-cam add 1e-8 and 1e-7 to the divisors,
/// and all leave it to the caller whether probabilities or scores are measured.
public struct AverageDrop: Metric {
  public static let descriptor = MetricDescriptor(
    "average-drop", title: "Average drop", category: .faithfulness,
    paper: "Chattopadhay 2018, arXiv:1710.11063", needs: [.target],
    values: [
      MetricValue("drop", title: "Average drop", direction: .lower, unit: "%"),
      MetricValue("increase", title: "Increase in confidence", direction: .higher, unit: "%"),
      MetricValue("gain", title: "Average gain", direction: .higher, unit: "%"),
    ])

  /// What becomes of negative values of a map that is a mask.
  public enum Negatives: String, Sendable, Codable, CaseIterable {
    /// They become 0: evidence against the class is kept out of the mask.
    case cut
    /// The smallest value becomes 0, and 0 something between 0 and 1.
    case shift
  }

  /// What becomes of the map's negative values.
  public var negatives = Negatives.cut

  public init() {}

  /// The metric with another treatment of negative values.
  public init(negatives: Negatives) { self.negatives = negatives }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: 1, shared: 1)
  }

  public func score(_ subject: Subject) throws -> Score {
    _ = try subject.requiredClass()
    guard subject.hasProbability else {
      throw NotApplicable("the model's output is a single number without a sigmoid, which is no probability")
    }
    let mask = try subject.unitMap(negatives).values
    let channels = subject.input.shape[3]
    let before = try subject.probability()
    let after = try subject.responses(.probability, to: 1) { _, copy in
      for i in 0..<copy.count { copy[i] *= mask[i / channels] }
    }[0]
    return Score(
      [
        before > 0 ? 100 * max(0, before - after) / before : nil, after > before ? 100 : 0,
        before < 1 ? 100 * max(0, after - before) / (1 - before) : nil,
      ],
      reason: before > 0 && before < 1 ? nil : "the class's probability is \(before > 0 ? 1 : 0)")
  }
}

extension Subject {
  /// The map scaled to [0, 1] at the resolution it has, then upsampled to the input's.
  ///
  /// - Throws: `NotApplicable` for a map without contrast, or without a positive value if negative ones are cut.
  func unitMap(_ negatives: AverageDrop.Negatives) throws(NotApplicable) -> SaliencyMap {
    guard convention.isPlain else {
      try map.requireContrast()
      return map.scaledToUnit()
    }
    var small = SaliencyMap(attribution, reduction: reduction)
    try small.requireContrast()
    if negatives == .cut, small.values.contains(where: { $0 < 0 }) {
      guard small.values.contains(where: { $0 > 0 }) else {
        throw NotApplicable("the map has no positive value")
      }
      small = SaliencyMap(height: small.height, width: small.width, values: small.values.map { max($0, 0) })
    }
    return small.scaledToUnit().resized(height: map.height, width: map.width)
  }
}

extension SaliencyMap {
  /// (a - min) / (max - min), in double precision; a constant map becomes 0.
  func scaledToUnit() -> SaliencyMap {
    guard let low = values.min(), let high = values.max(), high > low else {
      return SaliencyMap(height: height, width: width, values: values.map { _ in 0 })
    }
    let scale = 1 / (Double(high) - Double(low))
    return SaliencyMap(
      height: height, width: width, values: values.map { Float((Double($0) - Double(low)) * scale) })
  }
}
