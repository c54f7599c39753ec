/// Group normalisation: each sample's channels in groups, each group shifted and scaled to mean 0 and variance 1.
///
/// (x - mean) / sqrt(variance + epsilon) * gamma + beta, with mean and variance over the positions and channels of one group,
/// in double precision. Input `[N, ..., C]`; with as many groups as channels it is instance normalisation.
/// Y. Wu, K. He, "Group Normalization", ECCV 2018, arXiv:1803.08494.
public struct GroupNormalization: ParametricLayer {
  /// The number of groups.
  public let groups: Int
  /// The factor of each channel; nil for 1.
  public let gamma: Tensor?
  /// The offset of each channel; nil for 0.
  public let beta: Tensor?
  /// What is added to the variance, or mean square, before the root.
  public let epsilon: Float

  /// A normalisation over groups of channels.
  public init(groups: Int, gamma: Tensor? = nil, beta: Tensor? = nil, epsilon: Float = 1e-3) {
    precondition(groups > 0, "at least one group")
    precondition(
      [gamma, beta].allSatisfy { $0.map { $0.shape.rank == 1 } ?? true }, "one number for each channel")
    self.groups = groups
    self.gamma = gamma
    self.beta = beta
    self.epsilon = epsilon
  }

  public var parameters: [Parameter] {
    [gamma.map { Parameter("gamma", $0) }, beta.map { Parameter("beta", $0) }].compactMap(\.self)
  }

  public func replacingParameters(_ values: [Tensor]) -> GroupNormalization {
    var rest = values[...]
    let gamma = self.gamma == nil ? nil : rest.popFirst()
    let beta = self.beta == nil ? nil : rest.popFirst()
    return GroupNormalization(groups: groups, gamma: gamma, beta: beta, epsilon: epsilon)
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    guard let channels = shape.dimensions.last, channels % groups == 0 else {
      throw .rejected(inputs, wanted: "a last axis that divides into \(groups) groups")
    }
    for (name, parameter) in [("gamma", gamma), ("beta", beta)] {
      guard let parameter, parameter.count != channels else { continue }
      throw .rejected(inputs, wanted: "\(parameter.count) in the last axis, as its \(name) has")
    }
    return shape
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let input = inputs[0]
    return Tensor(shape: input.shape) { result in
      input.withUnsafeScalars { x in
        for group in Group.all(of: input.shape, count: groups) {
          let (mean, scale) = group.statistics(of: x, epsilon: epsilon)
          group.forEach { i, channel in
            let normal = (Double(x[i]) - mean) * scale
            result[i] = Float(normal * factor(channel) + Double(beta?[channel] ?? 0))
          }
        }
      }
    }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let input = step.inputs[0]
    return [
      Tensor(shape: input.shape) { result in
        input.withUnsafeScalars { x in
          signal.withUnsafeScalars { g in
            for group in Group.all(of: input.shape, count: groups) {
              let (mean, scale) = group.statistics(of: x, epsilon: epsilon)
              var (sum, product) = (0.0, 0.0)
              group.forEach { i, channel in
                let signal = Double(g[i]) * factor(channel)
                sum += signal
                product += signal * (Double(x[i]) - mean) * scale
              }
              let count = Double(group.elementCount)
              group.forEach { i, channel in
                let normal = (Double(x[i]) - mean) * scale
                result[i] = Float(
                  scale * (Double(g[i]) * factor(channel) - sum / count - normal * product / count))
              }
            }
          }
        }
      }
    ]
  }

  public func parameterPullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let input = step.inputs[0]
    var byGamma = [Double](repeating: 0, count: input.channels)
    var byBeta = byGamma
    input.withUnsafeScalars { x in
      signal.withUnsafeScalars { g in
        for group in Group.all(of: input.shape, count: groups) {
          let (mean, scale) = group.statistics(of: x, epsilon: epsilon)
          group.forEach { i, channel in
            byGamma[channel] += Double(g[i]) * (Double(x[i]) - mean) * scale
            byBeta[channel] += Double(g[i])
          }
        }
      }
    }
    return [gamma.map { ($0, byGamma) }, beta.map { ($0, byBeta) }].compactMap(\.self)
      .map { Tensor(shape: $0.0.shape, scalars: $0.1.map(Float.init)) }
  }

  private func factor(_ channel: Int) -> Double { Double(gamma?[channel] ?? 1) }
}

/// The elements of one sample that belong to one group of channels.
private struct Group {
  let start: Int
  let pixels: Int
  let channels: Int
  let range: Range<Int>

  static func all(of shape: Shape, count: Int) -> [Group] {
    let channels = shape[shape.rank - 1]
    let (sample, width) = (shape.sample.count, channels / count)
    return (0..<shape[0]).flatMap { n in
      (0..<count).map { group in
        Group(
          start: n * sample, pixels: sample / max(channels, 1), channels: channels,
          range: (group * width)..<((group + 1) * width))
      }
    }
  }

  var elementCount: Int { pixels * range.count }

  func forEach(_ body: (_ index: Int, _ channel: Int) -> Void) {
    for pixel in 0..<pixels {
      for channel in range { body(start + pixel * channels + channel, channel) }
    }
  }

  /// Mean and 1 / sqrt(variance + epsilon).
  func statistics(of x: UnsafeBufferPointer<Float>, epsilon: Float) -> (mean: Double, scale: Double) {
    var (sum, squares) = (0.0, 0.0)
    forEach { i, _ in sum += Double(x[i]) }
    let mean = sum / Double(elementCount)
    forEach { i, _ in squares += (Double(x[i]) - mean) * (Double(x[i]) - mean) }
    return (mean, 1 / (squares / Double(elementCount) + Double(epsilon)).squareRoot())
  }
}
