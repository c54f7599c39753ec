/// The spatial mean of each channel: `[N, H, W, C]` to `[N, C]`, or to `[N, 1, 1, C]` where the axes are kept.
public struct GlobalAveragePool2D: AffineLayer {
  public let keepsAxes: Bool

  public init(keepsAxes: Bool = false) { self.keepsAxes = keepsAxes }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let channels = try inputs.onlyMap().channels
    return keepsAxes ? [1, 1, channels] : [channels]
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let mean = Kernels.globalAverage(inputs[0])
    return keepsAxes ? mean : mean.reshaped(to: [mean.shape[0], mean.shape[3]])
  }

  public func pullback(_ cotangent: Tensor, at step: Step) -> [Tensor] {
    [pullback(FeatureView(cotangent), at: step, Epilogue())]
  }
}

/// The largest element of each channel: `[N, H, W, C]` to `[N, C]`, or to `[N, 1, 1, C]` where the axes are kept.
///
/// The first maximum in row-major order takes the gradient.
public struct GlobalMaxPool2D: Layer {
  public let keepsAxes: Bool

  public init(keepsAxes: Bool = false) { self.keepsAxes = keepsAxes }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let channels = try inputs.onlyMap().channels
    return keepsAxes ? [1, 1, channels] : [channels]
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let input = inputs[0]
    let shape: Shape = keepsAxes ? [input.shape[0], 1, 1, input.shape[3]] : [input.shape[0], input.shape[3]]
    let winners = winners(input)
    return Tensor(shape: shape) { result in
      input.withUnsafeScalars { a in for i in 0..<result.count { result[i] = a[winners[i]] } }
    }
  }

  public func pullback(_ cotangent: Tensor, at step: Step) -> [Tensor] {
    let winners = winners(step.inputs[0])
    var result = Tensor(repeating: 0, shape: step.inputShapes[0])
    result.withUnsafeMutableScalars { target in
      cotangent.withUnsafeScalars { g in for i in 0..<g.count { target[winners[i]] += g[i] } }
    }
    return [result]
  }

  private func winners(_ input: Tensor) -> [Int] {
    let (pixels, channels) = (input.shape[1] * input.shape[2], input.shape[3])
    var indices = [Int](repeating: -1, count: input.batchSize * channels)
    input.withUnsafeScalars { a in
      for row in 0..<(input.batchSize * pixels) {
        for c in 0..<channels {
          let (to, from) = (row / pixels * channels + c, row * channels + c)
          if indices[to] < 0 || a[from] > a[indices[to]] { indices[to] = from }
        }
      }
    }
    return indices
  }
}
