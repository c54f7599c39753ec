internal import Configuration
internal import SaliencyCore

/// ROAD, remove and debias: the class's probability when the highest (or lowest) pixels are removed so that nothing shows where
/// they were.
///
/// For each percentage p the p% highest pixels of the map (MoRF) or the p% lowest (LeRF) are replaced by noisy linear imputation:
/// each the weighted mean of its neighbours, plus normal noise of standard deviation `noise` times the image's range. MoRF and LeRF are the mean
/// probabilities over the percentages; the first number is (LeRF - MoRF) / 2. LeRF removes from the other end of the same
/// ranking.
///
/// Y. Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML 2022, arXiv:2202.00449.
///
/// Known deviations: the paper's noise of 0.01 is meant for images of range 1, so here it is relative to the image's range.
/// Elsewhere: Quantus measures accuracy, averages only its first batch, and fails on colour images; pytorch-grad-cam measures
/// the drop, and ranks by percentiles.
public struct ROAD: Metric {
  public static let descriptor = MetricDescriptor(
    "road", title: "ROAD", category: .faithfulness, paper: "Rong 2022, arXiv:2202.00449", needs: [.target],
    values: [
      MetricValue("road", title: "ROAD", direction: .higher),
      MetricValue("morf", title: "ROAD, most relevant first", direction: .lower),
      MetricValue("lerf", title: "ROAD, least relevant first", direction: .higher),
    ])

  /// How much of the image is removed, in percent.
  public var percentages = [10, 20, 30, 40, 50, 60, 70, 80, 90]
  /// The noise's standard deviation as a fraction of the image's range.
  public var noise: Float = 0.01

  public init() {}

  /// The metric with other percentages and other noise.
  public init(percentages: [Int], noise: Float = 0.01) {
    self.percentages = percentages
    self.noise = noise
  }

  public func validate() throws {
    let isRising = zip(percentages, percentages.dropFirst()).allSatisfy { $0 < $1 }
    try Self.require(
      "percentages", percentages,
      !percentages.isEmpty && isRising && percentages.allSatisfy((1...99).contains),
      expected: "rising numbers from 1 to 99")
    try Self.require("noise", noise, in: 0...100, note: "times the image's range")
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: 2 * percentages.count)
  }

  public func score(_ subject: Subject) throws -> Score {
    let order = try subject.map.requiredRanking()
    let morf = try curve("morf", subject, removing: order)
    let lerf = try curve("lerf", subject, removing: order.reversed())
    guard let high = lerf.mean, let low = morf.mean else { return Score([nil, nil, nil]) }
    return Score([(high - low) / 2, low, high], curves: [morf, lerf])
  }

  private func curve(_ name: String, _ subject: Subject, removing order: [Int]) throws -> Curve {
    let range = try subject.inputRange()
    let channels = subject.input.shape[3]
    let imputation = LinearImputation(shape: subject.input.shape.sample, range: range)
    let noise = imputationNoise(subject)
    let probabilities = try subject.responses(.probability, to: percentages.count) { k, copy in
      let pixels = order.prefix(order.count * percentages[k] / 100)
      var removed = [Bool](repeating: false, count: order.count)
      for pixel in pixels { removed[pixel] = true }
      imputation.fill(copy, removed: removed)
      for pixel in pixels {
        for i in (pixel * channels)..<((pixel + 1) * channels) { copy[i] += self.noise * range * noise[i] }
      }
    }
    return Curve(
      name, xTitle: "share of pixels removed", yTitle: subject.responseTitle,
      x: percentages.map { Double($0) / 100 }, y: probabilities)
  }

  /// The noise, the same for all percentages and both orders.
  private func imputationNoise(_ subject: Subject) -> Tensor {
    subject.shared.value(for: "imputation noise, seed \(subject.seed)") {
      subject.random(.imputation).normal(shape: subject.input.shape)
    }
  }
}
