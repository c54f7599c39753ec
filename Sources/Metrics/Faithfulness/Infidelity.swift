internal import Configuration
public import SaliencyCore

/// Infidelity: how badly the attribution predicts what noise does to the score.
///
/// E[(I · phi - (f(x) - f(x - I)))²], I normal noise of standard deviation `noise` times the image's range, f the explained score. The
/// first number is that of beta phi with the best beta = E[(I · phi) df] / E[(I · phi)²], as in the authors' code, which does not depend
/// on the attribution's scale; the second that of phi itself, which judges the scale too and so suits only methods whose numbers are
/// meant in units of the score.
///
/// C.-K. Yeh et al., "On the (In)fidelity and Sensitivity of Explanations", NeurIPS 2019, arXiv:1901.09392, definition 2.1. Their noise on
/// images in [0, 1] has a standard deviation of 0.2, and is then clipped; here it is not.
///
/// Known deviations elsewhere: Captum leaves the noise to the caller (0.003 in its manual) and draws 10; Quantus removes
/// patches cumulatively instead.
public struct Infidelity: Metric {
  public static let descriptor = MetricDescriptor(
    "infidelity", title: "Infidelity", category: .faithfulness, paper: "Yeh 2019, arXiv:1901.09392",
    needs: [.signedAttribution],
    values: [
      MetricValue("infidelity", title: "Infidelity (best scale)", direction: .lower),
      MetricValue("unscaled", title: "Infidelity (own scale)", direction: .lower),
    ])

  /// How many noisy copies.
  public var samples = 100
  /// The noise's standard deviation as a fraction of the image's range.
  public var noise: Float = 0.2

  public init() {}

  /// The metric with another number of noisy copies and other noise.
  public init(samples: Int, noise: Float = 0.2) {
    self.samples = samples
    self.noise = noise
  }

  public func validate() throws {
    try Self.require("samples", samples, in: 2...Self.largestCount)
    try Self.require("noise", noise, above: 0, atMost: 100, note: "times the image's range")
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(shared: samples + 1)
  }

  public func expectedMemory(for model: Model) -> Int {
    let floats = samples * model.inputShape.count
    return floats <= Self.mostKept ? floats * MemoryLayout<Float>.stride : 0
  }

  /// How many floats of noise are kept for all methods; more are drawn again each time.
  fileprivate static let mostKept = 4_000_000

  public func score(_ subject: Subject) throws -> Score {
    let phi = try subject.inputShapedAttribution()
    guard phi.bounds.map({ $0.low != 0 || $0.high != 0 }) ?? false else {
      throw NotApplicable("the attribution is all zero")
    }
    let sigma = noise * (try subject.inputRange())
    let drops = try subject.shared.value(for: "\(canonicalJSON), seed \(subject.seed)") {
      let score = try subject.explainedScore()
      return try subject.responses(.explainedScore, to: samples) { k, copy in
        subject.unitNoise(k, of: samples).withUnsafeScalars { e in
          for i in 0..<copy.count { copy[i] -= sigma * e[i] }
        }
      }.map { score - $0 }
    }
    let predictions = (0..<samples).map { Double(sigma) * subject.unitNoise($0, of: samples).dot(phi) }
    let power = meanOfProducts(predictions, predictions)
    let beta = power > 0 ? meanOfProducts(predictions, drops) / power : 0
    return Score([error(predictions, beta, drops), error(predictions, 1, drops)])
  }

  private func error(_ predictions: [Double], _ beta: Double, _ drops: [Double]) -> Double {
    let errors = zip(predictions, drops).map { beta * $0 - $1 }
    return meanOfProducts(errors, errors)
  }

  private func meanOfProducts(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / Double(samples)
  }
}

extension Subject {
  /// The attribution, where it has a number for every element of the input.
  ///
  /// - Throws: `NotApplicable` for a map of another size or without channels.
  func inputShapedAttribution() throws(NotApplicable) -> Tensor {
    guard attribution.values.shape == input.shape else {
      throw NotApplicable(
        "the attribution has shape \(attribution.values.shape.sample), the input \(input.shape.sample)")
    }
    return attribution.values
  }

  /// Standard normal noise; kept for all methods if all copies together take less than 16 MB.
  fileprivate func unitNoise(_ k: Int, of count: Int) -> Tensor {
    guard count * input.count <= Infidelity.mostKept else {
      return random(.infidelity, k).normal(shape: input.shape)
    }
    return shared.value(for: "infidelity noise \(k), seed \(seed)") {
      random(.infidelity, k).normal(shape: input.shape)
    }
  }
}
