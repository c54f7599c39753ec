/// A two-dimensional convolution (cross-correlation) with an optional bias.
///
/// Input `[N, H, W, C]`, kernel `[h, w, C / groups, K]`, output `[N, H', W', K]`. The shape alone decides how
/// it is computed (`Convolution`), so that a result never depends on the batch.
public struct Conv2D: LinearLayer {
  public let bias: Tensor?
  public let window: Window
  public let groups: Int
  /// The kernel's shape.
  let kernelShape: Shape
  let packed: PackedFilters
  /// The same convolution with a kernel of its own, where every channel is a group by itself: as a product of matrices, fifteen
  /// of sixteen numbers in a vector would be for nothing.
  let depthwise: DepthwiseConv2D?

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
    precondition(kernel.shape.rank == 4, "a kernel has four axes, not \(kernel.shape)")
    precondition(
      groups > 0 && kernel.shape[3] % groups == 0, "\(kernel.shape[3]) filters in \(groups) groups")
    precondition(bias.map { $0.shape == [kernel.shape[3]] } ?? true, "one bias for each filter")
    kernelShape = kernel.shape
    self.bias = bias
    self.window = window
    self.groups = groups
    let isDepthwise = groups > 1 && kernel.shape[2] == 1
    packed = PackedFilters(kernel, isNeededAsItIs: isDepthwise)
    depthwise =
      isDepthwise
      ? DepthwiseConv2D(
        kernel: kernel.reshaped(to: [kernel.shape[0], kernel.shape[1], groups, kernel.shape[3] / groups]),
        bias: bias, window: window) : nil
  }

  /// The weights.
  ///
  /// Once the layer ran they may be held in another form alone (`PackedFilters`): then each who asks gets them made anew.
  public var kernel: Tensor { packed.filter }

  public var filters: Int { kernelShape[3] }

  public var parameters: [Parameter] {
    [Parameter("kernel", kernel)] + (bias.map { [Parameter("bias", $0)] } ?? [])
  }

  public var parameterCount: Int { kernelShape.count + (bias?.count ?? 0) }

  public func replacingParameters(_ values: [Tensor]) -> Conv2D {
    Conv2D(kernel: values[0], bias: bias == nil ? nil : values[1], window: window, groups: groups)
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

  public func parameterPullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let input = step.inputs[0]
    let patches = Im2Col(self, on: input)
    var gradient = Tensor(repeating: 0, shape: kernelShape)
    gradient.withUnsafeMutableScalars { target in
      for n in 0..<input.batchSize {
        for group in 0..<groups {
          patches.gather(input, sample: n, group: group) { matrix in
            patches.accumulateKernel(matrix, signal, into: target, sample: n, group: group)
          }
        }
      }
    }
    return bias == nil ? [gradient] : [gradient, signal.sumOverAllButChannels()]
  }
}

extension Conv2D {
  /// The convolution on inputs of a shape.
  func convolution(on shape: Shape) -> Convolution {
    guard let place = window.placed(onHeight: shape[1], width: shape[2]) else {
      preconditionFailure("the graph checks that a window fits: \(shape)")
    }
    return Convolution(kernel: kernelShape, window: window, place: place, groups: groups)
  }
}
