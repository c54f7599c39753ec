/// The largest element of each window, channel by channel.
///
/// The first maximum in row-major order takes the gradient, as in TensorFlow; padding never wins.
public struct MaxPool2D: Layer {
  /// Size, strides and padding.
  public let window: Window

  public init(_ height: Int, _ width: Int, strides: (Int, Int)? = nil, padding: Padding = .valid) {
    self.init(window: Window(height, width, strides: strides ?? (height, width), padding: padding))
  }

  /// A pooling by a window, whose elements are neighbours.
  public init(window: Window) {
    precondition(window.dilationY == 1 && window.dilationX == 1, "a pooling window has no gaps")
    self.window = window
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let place = try window.placedForPooling(on: inputs)
    return [place.outputHeight, place.outputWidth, inputs[0][2]]
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    Kernels.maximum(inputs[0], window, window.placement(on: inputs[0].shape))
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    // An argmax index is one byte.
    guard keepsWinners else { return [scattered(signal, over: step.inputs[0])] }
    return [pullback(FeatureView(signal), at: step, Epilogue())]
  }

  /// Whether the position of a maximum in the window fits in a byte.
  var keepsWinners: Bool { window.height * window.width <= 256 }

  private func scattered(_ signal: Tensor, over input: Tensor) -> Tensor {
    let argmax = self.argmax(input)
    var result = Tensor(repeating: 0, shape: input.shape)
    result.withUnsafeMutableScalars { target in
      signal.withUnsafeScalars { g in for i in 0..<g.count { target[argmax.indices[i]] += g[i] } }
    }
    return result
  }

  /// For each element of the output, where in the input it was found.
  private func argmax(_ input: Tensor) -> (shape: Shape, indices: [Int]) {
    let place = window.placement(on: input.shape)
    let (channels, pixels) = (input.shape[3], place.inputHeight * place.inputWidth)
    let shape: Shape = [input.batchSize, place.outputHeight, place.outputWidth, channels]
    var indices = [Int](repeating: -1, count: shape.count)
    input.withUnsafeScalars { a in
      for n in 0..<input.batchSize {
        let first = n * place.outputHeight * place.outputWidth
        window.forEachTap(place) { output, _, position in
          let (to, from) = ((first + output) * channels, (n * pixels + position) * channels)
          for c in 0..<channels where indices[to + c] < 0 || a[from + c] > a[indices[to + c]] {
            indices[to + c] = from + c
          }
        }
      }
    }
    return (shape, indices)
  }
}

/// The mean of each window, channel by channel, over the positions that lie on the map.
public struct AveragePool2D: Layer {
  public var isAffine: Bool { true }

  /// Size, strides and padding.
  public let window: Window

  public init(_ height: Int, _ width: Int, strides: (Int, Int)? = nil, padding: Padding = .valid) {
    self.init(window: Window(height, width, strides: strides ?? (height, width), padding: padding))
  }

  /// A pooling by a window, whose elements are neighbours.
  public init(window: Window) {
    precondition(window.dilationY == 1 && window.dilationX == 1, "a pooling window has no gaps")
    self.window = window
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let place = try window.placedForPooling(on: inputs)
    return [place.outputHeight, place.outputWidth, inputs[0][2]]
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    Kernels.average(inputs[0], window, window.placement(on: inputs[0].shape))
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    [pullback(FeatureView(signal), at: step, Epilogue())]
  }
}

extension MaxPool2D: EpiloguePullbackLayer {
  func pullback(_ signal: FeatureView, at step: Step, _ epilogue: Epilogue) -> Tensor {
    let place = window.placement(on: step.inputShape)
    let argmax = step.argmax ?? Kernels.argmax(step.inputs[0], window, place).1
    return Kernels.maximumBackward(
      signal.tensor, argmax, maxima: step.storedOutput, window, place, epilogue)
  }
}

extension AveragePool2D: EpiloguePullbackLayer {
  func pullback(_ signal: FeatureView, at step: Step, _ epilogue: Epilogue) -> Tensor {
    Kernels.averageBackward(signal.tensor, window, window.placement(on: step.inputShape), epilogue)
  }
}
