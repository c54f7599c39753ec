internal import Configuration
internal import SaliencyCore

/// Continuity: the steepest change of the attribution as the image is shifted sideways.
///
/// max over k = 1 ... `shifts` of |R(x) - R(x_k)|_1 / |x - x_k|_2, x_k the image moved to the right by k times `step`
/// (its left column repeated), R the attribution as the method gives it. That is the second number; the first divides
/// each norm by that of the image's own, so that it does not depend on the attribution's scale. Noise of stochastic
/// methods is held.
///
/// G. Montavon, W. Samek, K.-R. Mueller, "Methods for interpreting and understanding deep neural networks", DSP 2018, arXiv:1706.07979,
/// section 7.1: shifts of a digit. One pixel in 224 a step, 10 steps.
///
/// Known deviations elsewhere: Quantus correlates the sums of patches with the class's score over 28 translations, padded with a constant.
public struct Continuity: Metric {
  public static let descriptor = MetricDescriptor(
    "continuity", title: "Continuity", category: .robustness, paper: "Montavon 2018, arXiv:1706.07979",
    needs: [.method],
    values: [
      MetricValue("relative", title: "Continuity, relative", direction: .lower),
      MetricValue("absolute", title: "Continuity", direction: .lower),
    ])

  /// How many shifted images.
  public var shifts = 10
  /// How far the image moves in each: below 1 a share of the image's side, from 1 on pixels.
  public var step = Double.oneIn224

  public init() {}

  /// The metric with other shifts.
  public init(shifts: Int, step: Double = 1.0 / 224) {
    self.shifts = shifts
    self.step = step
  }

  public func validate() throws {
    try Self.require("shifts", shifts, in: 1...Self.largestCount)
    try Self.requireShare("step", step)
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: map.recomputed(times: shifts))
  }

  public func score(_ subject: Subject) throws -> Score {
    let phi = subject.attribution.values
    let (norm, size) = (phi.magnitude.sum, subject.input.norm)
    guard norm > 0 else { throw NotApplicable("the attribution is all zero") }
    let step = step.pixelSide(height: subject.map.height, width: subject.map.width)
    var steepest: Double?
    for start in stride(from: 1, through: shifts, by: subject.batchSize) {
      let images = (start...min(start + subject.batchSize - 1, shifts)).map {
        subject.input.shiftedRight(by: $0 * step)
      }
      let request = try subject.request.with(inputs: Tensor(concatenating: images), explainedAs: 0)
        .holdingNoise(of: subject.request)
      let attributions = try subject.method.attribution(for: request).values
      for (i, image) in images.enumerated() {
        let change = (attributions.sample(i) - phi).magnitude.sum
        guard change.isFinite else { throw NotApplicable("a shifted image's attribution is not finite") }
        let distance = (image - subject.input).norm
        if distance > 0 { steepest = max(steepest ?? 0, change / distance) }
      }
    }
    guard let steepest else { throw NotApplicable("no shift changes the image") }
    return Score([steepest * size / norm, steepest])
  }
}

extension Tensor {
  /// An image `[1, H, W, C]` moved to the right, its first column repeated.
  fileprivate func shiftedRight(by distance: Int) -> Tensor {
    let (width, channels) = (shape[2], shape[3])
    return Tensor(shape: shape) { result in
      withUnsafeScalars { a in
        for i in 0..<result.count {
          let (pixel, c) = (i / channels, i % channels)
          let x = pixel % width
          result[i] = a[(pixel - x + max(x - distance, 0)) * channels + c]
        }
      }
    }
  }
}
