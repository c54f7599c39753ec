/// The transpose of a two-dimensional convolution ("deconvolution"), which enlarges its input by its strides.
///
/// Input `[N, H, W, C]`, kernel `[h, w, K, C]`, output `[N, H', W', K]`: each input position adds its kernel-weighted
/// window to the output. It is exactly the pullback of `Conv2D` with the same kernel and window.
public struct Conv2DTranspose: LinearLayer {
  public let kernel: Tensor
  public let bias: Tensor?
  /// Size, strides, dilation and padding, as of the convolution that this layer transposes.
  public let window: Window
  /// Rows and columns added to the output where the strides leave a choice; nil is Keras' default.
  public let outputPadding: (Int, Int)?

  /// A transposed convolution with the given weights.
  public init(kernel: Tensor, bias: Tensor? = nil, window: Window, outputPadding: (Int, Int)? = nil) {
    precondition(kernel.shape.rank == 4, "a kernel has four axes, not \(kernel.shape)")
    precondition(bias.map { $0.shape == [kernel.shape[2]] } ?? true, "one bias for each filter")
    self.kernel = kernel
    self.bias = bias
    self.window = window
    self.outputPadding = outputPadding
  }

  /// The number of output channels.
  public var filters: Int { kernel.shape[2] }

  public var kernelElementsPerOutput: Int { kernel.shape[3] }

  public func replacing(kernel: Tensor, bias: Tensor?) -> Conv2DTranspose {
    Conv2DTranspose(kernel: kernel, bias: bias, window: window, outputPadding: outputPadding)
  }

  /// The size of the output along one axis, as Keras computes it (`deconv_output_length`).
  private func length(
    _ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ extra: Int?,
    _ margins: KeyPath<Padding.Margins, Int>...
  ) -> Int {
    let reach = (kernel - 1) * dilation + 1
    switch (window.padding, extra) {
    case (.explicit(let padding), let extra):
      return (size - 1) * stride + reach + (extra ?? 0) - margins.reduce(0) { $0 + padding[keyPath: $1] }
    case (.valid, nil): return size * stride + max(reach - stride, 0)
    case (.same, nil): return size * stride
    case (.valid, let extra?): return (size - 1) * stride + reach + extra
    case (.same, let extra?): return (size - 1) * stride + reach - 2 * (reach / 2) + extra
    }
  }

  private func outputSize(height: Int, width: Int) -> (height: Int, width: Int) {
    (
      length(height, window.height, window.strideY, window.dilationY, outputPadding?.0, \.top, \.bottom),
      length(width, window.width, window.strideX, window.dilationX, outputPadding?.1, \.left, \.right)
    )
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let map = try inputs.onlyMap()
    guard map.channels == kernel.shape[3] else {
      throw .rejected(inputs, wanted: "\(kernel.shape[3]) channels, as its kernel \(kernel.shape) has")
    }
    let size = outputSize(height: map.height, width: map.width)
    // The convolution this is the pullback of must give back the input's size.
    guard size.height > 0, size.width > 0,
      let place = window.placed(onHeight: size.height, width: size.width),
      place.outputHeight == map.height, place.outputWidth == map.width
    else {
      throw .rejected(inputs, wanted: "a size that its strides, padding and output padding can produce")
    }
    return [size.height, size.width, filters]
  }

  private var convolution: Conv2D { Conv2D(kernel: kernel, bias: nil, window: window, groups: 1) }

  /// A step of the convolution whose input has the shape of this layer's output.
  private func convolutionStep(input: Tensor, output: Tensor) -> Step {
    Step(layer: convolution, source: .values(name: "", inputs: [input], output: output))
  }

  /// The convolution of stride 1 that computes the layer from its input with zeros around it, for kernels of 3x3 and stride 1.
  ///
  /// A convolution gives equal results at positions with equal windows, whatever its algorithm; its pullback does not, and a
  /// max pooling that follows would choose among them by rounding.
  private var forwardConvolution: (zeros: ZeroPadding2D, convolution: Conv2D)? {
    guard [.valid, .same].contains(window.padding), window == Window(3, 3, padding: window.padding),
      outputPadding == nil
    else { return nil }
    let border = window.padding == .same ? 1 : 2
    let (count, channels) = (filters, kernel.shape[3])
    let weights = kernel.scalars
    var turned: [Float] = []
    for place in (0..<9).reversed() {
      for channel in 0..<channels {
        for filter in 0..<count { turned.append(weights[(place * count + filter) * channels + channel]) }
      }
    }
    return (
      ZeroPadding2D(top: border, bottom: border, left: border, right: border),
      Conv2D(
        kernel: Tensor(shape: [3, 3, channels, count], scalars: turned), bias: bias, window: Window(3, 3),
        groups: 1)
    )
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    if let (zeros, convolution) = forwardConvolution { return convolution([zeros(inputs)]) }
    let input = inputs[0]
    let size = outputSize(height: input.shape[1], width: input.shape[2])
    let empty = Tensor(repeating: 0, shape: [input.batchSize, size.height, size.width, filters])
    var result = convolution.pullback(input, at: convolutionStep(input: empty, output: input))[0]
    if let bias { result.add(channelwise: bias) }
    return result
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] { [convolution([signal])] }

  public func kernelPullback(_ signal: Tensor, at step: Step) -> Tensor {
    let input = step.inputs[0]
    return convolution.kernelPullback(input, at: convolutionStep(input: signal, output: input))
  }
}
