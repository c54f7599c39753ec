/// A convolution that filters each channel by itself.
///
/// Input `[N, H, W, C]`, kernel `[h, w, C, M]`, output `[N, H', W', C * M]` with channel `c * M + m` the `m`-th
/// filtering of channel `c`, as in Keras.
public struct DepthwiseConv2D: LinearLayer {
  public let kernel: Tensor
  public let bias: Tensor?
  /// Size, strides, dilation and padding.
  public let window: Window

  /// A convolution with the given weights; strides and dilation are (rows, columns).
  public init(
    kernel: Tensor, bias: Tensor? = nil, strides: (Int, Int) = (1, 1), dilation: (Int, Int) = (1, 1),
    padding: Padding = .valid
  ) {
    self.init(
      kernel: kernel, bias: bias,
      window: Window(kernel.shape[0], kernel.shape[1], strides: strides, dilation: dilation, padding: padding)
    )
  }

  init(kernel: Tensor, bias: Tensor?, window: Window) {
    precondition(kernel.shape.rank == 4, "a kernel has four axes, not \(kernel.shape)")
    precondition(
      bias.map { $0.shape == [kernel.shape[2] * kernel.shape[3]] } ?? true, "one bias for each output channel"
    )
    self.kernel = kernel
    self.bias = bias
    self.window = window
  }

  var channels: Int { kernel.shape[2] }
  var multiplier: Int { kernel.shape[3] }

  public static let kernelName = "depthwise_kernel"

  public func replacing(kernel: Tensor, bias: Tensor?) -> DepthwiseConv2D {
    DepthwiseConv2D(kernel: kernel, bias: bias, window: window)
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let place = try window.placed(on: inputs)
    guard inputs[0][2] == channels else {
      throw .rejected(inputs, wanted: "\(channels) channels, as its kernel \(kernel.shape) has")
    }
    return [place.outputHeight, place.outputWidth, channels * multiplier]
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor { applied(to: inputs[0]) }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    [pullback(FeatureView(signal), at: step, Epilogue())]
  }

  public func kernelPullback(_ signal: Tensor, at step: Step) -> Tensor {
    let input = step.inputs[0]
    let place = window.placement(on: input.shape)
    var totals = [Double](repeating: 0, count: kernel.count)
    input.withUnsafeScalars { a in
      signal.withUnsafeScalars { g in
        forEachTap(input.batchSize, place, place.outputHeight * place.outputWidth) { output, tap, position in
          for c in 0..<channels {
            for m in 0..<multiplier {
              totals[tap + c * multiplier + m] += Double(a[position + c] * g[output + c * multiplier + m])
            }
          }
        }
      }
    }
    return Tensor(shape: kernel.shape, scalars: totals.map(Float.init))
  }

  /// Calls `body` with the offsets of an output row of channels, of the tap's weights, and of an input row.
  @inline(__always)
  private func forEachTap(
    _ batch: Int, _ place: Window.Placement, _ rows: Int, _ body: (Int, Int, Int) -> Void
  ) {
    let width = channels * multiplier
    for n in 0..<batch {
      window.forEachTap(place) { output, tap, position in
        body(
          (n * rows + output) * width, tap * width,
          (n * place.inputHeight * place.inputWidth + position) * channels)
      }
    }
  }
}

extension DepthwiseConv2D: EpilogueLayer, EpiloguePullbackLayer {
  var writesIntoWiderTargets: Bool { false }

  func forward(_ input: Tensor, _ epilogue: Epilogue, into target: FeatureTarget) {
    var epilogue = epilogue
    epilogue.bias = bias
    Kernels.depthwise(
      .forward, input, kernel, window, window.placement(on: input.shape), epilogue, into: target)
  }

  func pullback(_ signal: FeatureView, at step: Step, _ epilogue: Epilogue) -> Tensor {
    let shape = step.inputShape
    return Tensor(shape: shape) {
      Kernels.depthwise(
        .backward, signal.tensor, kernel, window, window.placement(on: shape), epilogue, into: $0)
    }
  }
}
