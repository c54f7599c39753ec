/// Batch normalisation at inference: gamma (x - mean) / sqrt(variance + epsilon) + beta over the last axis.
///
/// S. Ioffe, C. Szegedy, "Batch Normalization", ICML 2015, arXiv:1502.03167.
public struct BatchNormalization: ParametricLayer {
  public var isAffine: Bool { true }

  /// The factor of each channel; nil for 1.
  public let gamma: Tensor?
  /// The offset of each channel; nil for 0.
  public let beta: Tensor?
  /// The moving mean of each channel.
  public let mean: Tensor
  /// The moving variance of each channel.
  public let variance: Tensor
  /// What is added to the variance, or mean square, before the root.
  public let epsilon: Float
  /// Factor and offset as kernels take them.
  let channelScale: Epilogue.ChannelScale

  /// A normalisation by stored statistics.
  public init(gamma: Tensor?, beta: Tensor?, mean: Tensor, variance: Tensor, epsilon: Float = 1e-3) {
    precondition(
      [gamma, beta, variance].allSatisfy { $0.map { $0.shape == mean.shape } ?? true },
      "one number for each channel")
    self.gamma = gamma
    self.beta = beta
    self.mean = mean
    self.variance = variance
    self.epsilon = epsilon
    let scale = (0..<mean.count).map { (gamma?[$0] ?? 1) / (variance[$0] + epsilon).squareRoot() }
    let shift = (0..<mean.count).map { (beta?[$0] ?? 0) - mean[$0] * scale[$0] }
    channelScale = Epilogue.ChannelScale(
      scale: Tensor(shape: mean.shape, scalars: scale), shift: Tensor(shape: mean.shape, scalars: shift))
  }

  /// The factor of each channel: gamma / sqrt(variance + epsilon).
  public var scale: [Float] { channelScale.scale.scalars }

  /// The offset of each channel: beta - mean * scale.
  public var shift: [Float] { channelScale.shift.scalars }

  public var parameters: [Parameter] {
    [gamma.map { Parameter("gamma", $0) }, beta.map { Parameter("beta", $0) }].compactMap(\.self)
      + [Parameter("moving_mean", mean), Parameter("moving_variance", variance)]
  }

  public func replacingParameters(_ values: [Tensor]) -> BatchNormalization {
    var rest = values[...]
    let gamma = self.gamma == nil ? nil : rest.popFirst()
    let beta = self.beta == nil ? nil : rest.popFirst()
    let statistics = Array(rest)
    return BatchNormalization(
      gamma: gamma, beta: beta, mean: statistics[0], variance: statistics[1], epsilon: epsilon)
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    guard shape.dimensions.last == mean.count else {
      throw .rejected(inputs, wanted: "\(mean.count) in the last axis, as it has means")
    }
    return shape
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    Kernels.map(inputs[0], Epilogue(scale: channelScale))
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    [Kernels.map(signal, Epilogue(factor: channelScale.scale))]
  }

  public func parameterPullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let channels = mean.count
    let ones = [Float](repeating: 1, count: channels)
    let centred = step.inputs[0].scaled(channelwise: ones, shift: mean.scalars.map { -$0 })
    let first = signal.sumOverAllButChannels()
    let second = (signal * centred).sumOverAllButChannels()
    let spread = variance.map { ($0 + epsilon).squareRoot() }
    let weight = gamma ?? Tensor(repeating: 1, shape: mean.shape)
    let byGamma = second / spread
    let byMean = -(first * weight / spread)
    let byVariance = second * weight * (spread * spread * spread).map { -0.5 / $0 }
    return (gamma == nil ? [] : [byGamma]) + (beta == nil ? [] : [first]) + [byMean, byVariance]
  }
}
