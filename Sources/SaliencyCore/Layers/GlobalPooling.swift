/// The spatial mean of each channel: `[N, H, W, C]` to `[N, C]`, or to `[N, 1, 1, C]` where the axes are kept.
public struct GlobalAveragePool2D: Layer {
  public var isAffine: Bool { true }

  /// Whether the output keeps the spatial axes, with size 1.
  public let keepsAxes: Bool

  /// A pooling over the whole map.
  public init(keepsAxes: Bool = false) { self.keepsAxes = keepsAxes }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let channels = try inputs.onlyMap().channels
    return keepsAxes ? [1, 1, channels] : [channels]
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let mean = Kernels.globalAverage(inputs[0])
    return keepsAxes ? mean : mean.reshaped(to: [mean.shape[0], mean.shape[3]])
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    [pullback(FeatureView(signal), at: step, Epilogue())]
  }
}

/// The largest element of each channel: `[N, H, W, C]` to `[N, C]`, or to `[N, 1, 1, C]` where the axes are kept.
///
/// Equal maxima share the gradient equally, as in TensorFlow, whose `GlobalMaxPooling2D` is a reduction (unlike
/// `MaxPooling2D`, in which the first takes it all).
public struct GlobalMaxPool2D: Layer {
  /// Whether the output keeps the spatial axes, with size 1.
  public let keepsAxes: Bool

  /// A pooling over the whole map.
  public init(keepsAxes: Bool = false) { self.keepsAxes = keepsAxes }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let channels = try inputs.onlyMap().channels
    return keepsAxes ? [1, 1, channels] : [channels]
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let shape = inputs[0].shape
    return Tensor(shape: keepsAxes ? [shape[0], 1, 1, shape[3]] : [shape[0], shape[3]]) { result in
      let maxima = maxima(of: inputs[0])
      for i in maxima.indices { result[i] = maxima[i].value }
    }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let input = step.inputs[0]
    let (pixels, channels) = (input.shape[1] * input.shape[2], input.shape[3])
    let maxima = maxima(of: input)
    return [
      Tensor(shape: input.shape) { result in
        input.withUnsafeScalars { a in
          signal.withUnsafeScalars { g in
            for row in 0..<(input.batchSize * pixels) {
              for c in 0..<channels {
                let (to, from) = (row / pixels * channels + c, row * channels + c)
                result[from] = a[from] == maxima[to].value ? g[to] / maxima[to].count : 0
              }
            }
          }
        }
      }
    ]
  }

  /// For each sample and channel, the largest element and how many equal it; a NaN is never larger.
  private func maxima(of input: Tensor) -> [(value: Float, count: Float)] {
    let (pixels, channels) = (input.shape[1] * input.shape[2], input.shape[3])
    var result: [(value: Float, count: Float)] = []
    input.withUnsafeScalars { a in
      for n in 0..<input.batchSize {
        let first = n * pixels * channels
        result += (0..<channels).map { (a[first + $0], 0) }
        for i in 0..<(pixels * channels) {
          let (to, value) = (n * channels + i % channels, a[first + i])
          if value > result[to].value { result[to] = (value, 0) }
          if value == result[to].value { result[to].count += 1 }
        }
      }
    }
    return result
  }
}

extension GlobalAveragePool2D: EpiloguePullbackLayer {
  func pullback(_ signal: FeatureView, at step: Step, _ epilogue: Epilogue) -> Tensor {
    Kernels.globalAverageBackward(signal.tensor, epilogue, shape: step.inputShape)
  }
}
