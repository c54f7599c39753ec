/// A two-dimensional convolution (cross-correlation) with an optional bias.
///
/// Input `[N, H, W, C]`, kernel `[h, w, C / groups, K]`, output `[N, H', W', K]`. The shape alone decides how
/// it is computed (`Convolution`), so that a result never depends on the batch.
public struct Conv2D: LinearLayer {
  public let bias: Tensor?
  /// Size, strides, dilation and padding.
  public let window: Window
  /// The number of groups; each sees its own channels of the input.
  public let groups: Int
  /// The kernel's shape.
  let kernelShape: Shape
  let packed: PackedFilters
  /// The same convolution run by the depthwise kernel, if every channel is a group of its own.
  let depthwise: DepthwiseConv2D?

  /// A convolution with the given weights; strides and dilation are (rows, columns).
  public init(
    kernel: Tensor, bias: Tensor? = nil, strides: (Int, Int) = (1, 1), dilation: (Int, Int) = (1, 1),
    padding: Padding = .valid, groups: Int = 1
  ) {
    self.init(
      kernel: kernel, bias: bias,
      window: Window(
        kernel.shape[0], kernel.shape[1], strides: strides, dilation: dilation, padding: padding),
      groups: groups)
  }

  init(kernel: Tensor, bias: Tensor?, window: Window, groups: Int) {
    let packed = PackedFilters(kernel, isNeededAsItIs: Self.isDepthwise(kernel.shape, groups))
    self.init(packed, bias: bias, window: window, groups: groups)
  }

  /// A convolution whose kernel `origin` writes, every element, when it is first needed.
  package init(
    kernel shape: Shape, from origin: @escaping @Sendable (UnsafeMutableBufferPointer<Float>) -> Void,
    bias: Tensor? = nil, window: Window, groups: Int = 1
  ) {
    let packed = PackedFilters(shape, from: origin, isNeededAsItIs: Self.isDepthwise(shape, groups))
    self.init(packed, bias: bias, window: window, groups: groups)
  }

  private init(_ packed: PackedFilters, bias: Tensor?, window: Window, groups: Int) {
    let shape = packed.shape
    precondition(shape.rank == 4, "a kernel has four axes, not \(shape)")
    precondition(groups > 0 && shape[3] % groups == 0, "\(shape[3]) filters in \(groups) groups")
    precondition(bias.map { $0.shape == [shape[3]] } ?? true, "one bias for each filter")
    kernelShape = shape
    self.bias = bias
    self.window = window
    self.groups = groups
    self.packed = packed
    depthwise =
      Self.isDepthwise(shape, groups)
      ? DepthwiseConv2D(
        kernel: packed.filter.reshaped(to: [shape[0], shape[1], groups, shape[3] / groups]), bias: bias,
        window: window) : nil
  }

  private static func isDepthwise(_ kernel: Shape, _ groups: Int) -> Bool { groups > 1 && kernel[2] == 1 }

  /// The weights.
  ///
  /// Once the layer has run they may be held only in packed form (`PackedFilters`); reading them then unpacks them.
  public var kernel: Tensor { packed.filter }

  /// The number of output channels.
  public var filters: Int { kernelShape[3] }

  public var parameterCount: Int { kernelShape.count + (bias?.count ?? 0) }

  public func replacing(kernel: Tensor, bias: Tensor?) -> Conv2D {
    Conv2D(kernel: kernel, bias: bias, window: window, groups: groups)
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let place = try window.placed(on: inputs)
    guard inputs[0][2] == kernelShape[2] * groups else {
      throw .rejected(
        inputs, wanted: "\(kernelShape[2] * groups) channels, as its kernel \(kernelShape) has")
    }
    return [place.outputHeight, place.outputWidth, filters]
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor { applied(to: inputs[0]) }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    [pullback(FeatureView(signal), at: step, Epilogue())]
  }

  public func kernelPullback(_ signal: Tensor, at step: Step) -> Tensor {
    let input = step.inputs[0]
    let width = filters / groups
    var gradient = Tensor(repeating: 0, shape: kernelShape)
    for n in 0..<input.batchSize {
      let (sample, signal) = (input.sample(n), signal.sample(n))
      let parts = (0..<groups).map { group in
        let part = FeatureView(signal, first: group * width, channels: width).tensor
        return Kernels.transposedProduct(
          patches(of: sample, group: group), part.reshaped(to: [part.count / width, width]))
      }
      gradient += Concatenate()(parts).reshaped(to: kernelShape)
    }
    return gradient
  }

  /// The matrix of patches of one sample and one group of channels (im2col): a row for each output position,
  /// `h * w * C / groups` columns.
  private func patches(of sample: Tensor, group: Int) -> Tensor {
    let place = window.placement(on: sample.shape)
    let (channels, width) = (sample.channels, kernelShape[2])
    let columns = window.height * window.width * width
    var matrix = Tensor(repeating: 0, shape: [place.outputHeight * place.outputWidth, columns])
    matrix.withUnsafeMutableScalars { matrix in
      sample.withUnsafeScalars { a in
        window.forEachTap(place) { output, tap, position in
          let (from, to) = (position * channels + group * width, output * columns + tap * width)
          for c in 0..<width { matrix[to + c] = a[from + c] }
        }
      }
    }
    return matrix
  }

  /// The convolution on a batch of inputs of a shape, as the C kernels run it.
  func convolution(on shape: Shape) -> Convolution {
    Convolution(kernel: kernelShape, window: window, place: window.placement(on: shape), groups: groups)
  }
}

extension Conv2D: EpilogueLayer, EpiloguePullbackLayer {
  var writesIntoWiderTargets: Bool { depthwise == nil }
  // A word of ReLU mask belongs to one group alone.
  var savesReLUMask: Bool { depthwise != nil || groups == 1 || filters / groups % ReLUMask.lanes == 0 }
  var readsReLUMask: Bool { depthwise != nil || groups == 1 || kernelShape[2] % ReLUMask.lanes == 0 }

  func forward(_ input: Tensor, _ epilogue: Epilogue, into target: FeatureTarget) {
    if let depthwise { return depthwise.forward(input, epilogue, into: target) }
    var epilogue = epilogue
    epilogue.bias = bias
    convolution(on: input.shape).run(.forward, FeatureView(input), packed, epilogue, into: target)
  }

  func pullback(_ signal: FeatureView, at step: Step, _ epilogue: Epilogue) -> Tensor {
    if let depthwise { return depthwise.pullback(signal, at: step, epilogue) }
    let shape = step.inputShape
    return Tensor(shape: shape) {
      convolution(on: shape).run(.backward, signal, packed, epilogue, into: $0)
    }
  }
}
