/// The largest element of each window, channel by channel.
///
/// The first maximum in row-major order takes the gradient, as in TensorFlow; padding never wins.
public struct MaxPool2D: Layer {
  public let window: Window

  public init(_ height: Int, _ width: Int, strides: (Int, Int)? = nil, padding: Padding = .valid) {
    window = Window(height, width, strides: strides ?? (height, width), padding: padding)
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let place = try window.placed(on: inputs)
    return [place.outputHeight, place.outputWidth, inputs[0][2]]
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let winners = self.winners(inputs[0])
    return Tensor(shape: winners.shape) { result in
      inputs[0].withUnsafeScalars { a in for i in 0..<result.count { result[i] = a[winners.indices[i]] } }
    }
  }

  public func pullback(_ cotangent: Tensor, at step: Step) -> [Tensor] {
    let winners = self.winners(step.inputs[0])
    var result = Tensor(repeating: 0, shape: step.inputs[0].shape)
    result.withUnsafeMutableScalars { target in
      cotangent.withUnsafeScalars { g in for i in 0..<g.count { target[winners.indices[i]] += g[i] } }
    }
    return [result]
  }

  /// For each element of the output, where in the input it was found.
  private func winners(_ input: Tensor) -> (shape: Shape, indices: [Int]) {
    let place = placement(window, input)
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
public struct AveragePool2D: AffineLayer {
  public let window: Window

  public init(_ height: Int, _ width: Int, strides: (Int, Int)? = nil, padding: Padding = .valid) {
    window = Window(height, width, strides: strides ?? (height, width), padding: padding)
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let place = try window.placed(on: inputs)
    return [place.outputHeight, place.outputWidth, inputs[0][2]]
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let (place, channels) = (placement(window, inputs[0]), inputs[0].shape[3])
    let weights = weights(place)
    var result = Tensor(
      repeating: 0, shape: [inputs[0].batchSize, place.outputHeight, place.outputWidth, channels])
    result.withUnsafeMutableScalars { target in
      inputs[0].withUnsafeScalars { a in
        forEachPair(inputs[0].batchSize, place) { output, position, window in
          for c in 0..<channels {
            target[output * channels + c] += a[position * channels + c] * weights[window]
          }
        }
      }
    }
    return result
  }

  public func pullback(_ cotangent: Tensor, at step: Step) -> [Tensor] {
    let shape = step.inputs[0].shape
    let (place, channels) = (placement(window, step.inputs[0]), shape[3])
    let weights = weights(place)
    var result = Tensor(repeating: 0, shape: shape)
    result.withUnsafeMutableScalars { target in
      cotangent.withUnsafeScalars { g in
        forEachPair(shape[0], place) { output, position, window in
          for c in 0..<channels {
            target[position * channels + c] += g[output * channels + c] * weights[window]
          }
        }
      }
    }
    return [result]
  }

  /// One over the number of positions of each window that lie on the map.
  private func weights(_ place: Window.Placement) -> [Float] {
    var counts = [Float](repeating: 0, count: place.outputHeight * place.outputWidth)
    window.forEachTap(place) { output, _, _ in counts[output] += 1 }
    return counts.map { 1 / $0 }
  }

  private func forEachPair(_ batch: Int, _ place: Window.Placement, _ body: (Int, Int, Int) -> Void) {
    let (rows, pixels) = (place.outputHeight * place.outputWidth, place.inputHeight * place.inputWidth)
    for n in 0..<batch {
      window.forEachTap(place) { output, _, position in body(n * rows + output, n * pixels + position, output)
      }
    }
  }
}

private func placement(_ window: Window, _ input: Tensor) -> Window.Placement {
  guard let place = window.placed(onHeight: input.shape[1], width: input.shape[2]) else {
    preconditionFailure("the graph checks that a window fits: \(input.shape)")
  }
  return place
}
