/// A layer that sums its inputs with learned weights, `kernel`, and adds a `bias`: dense layers and convolutions.
///
/// The family for which propagation rules (LRP) are defined; see `LayerSelector.linear`.
public protocol LinearLayer: ParametricLayer {
  /// The name of the kernel among the parameters; `kernel` unless the layer declares another.
  static var kernelName: String { get }

  /// The weights.
  var kernel: Tensor { get }

  /// One number for each output channel; nil for a layer without a bias.
  var bias: Tensor? { get }

  /// The same layer with another kernel and bias of the same shapes.
  func replacing(kernel: Tensor, bias: Tensor?) -> Self

  /// How many neighbouring elements of the kernel belong to one output channel: 1 if the output channels are the kernel's last
  /// axis.
  var kernelElementsPerOutput: Int { get }

  /// The gradient with respect to the kernel, summed over the batch.
  func kernelPullback(_ signal: Tensor, at step: Step) -> Tensor
}

extension LinearLayer {
  public static var kernelName: String { "kernel" }

  public var kernelElementsPerOutput: Int { 1 }

  public var isAffine: Bool { true }

  public var parameters: [Parameter] {
    [Parameter(Self.kernelName, kernel)] + (bias.map { [Parameter("bias", $0)] } ?? [])
  }

  public func replacingParameters(_ values: [Tensor]) -> Self {
    replacing(kernel: values[0], bias: bias == nil ? nil : values[1])
  }

  public func parameterPullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let gradient = kernelPullback(signal, at: step)
    return bias == nil ? [gradient] : [gradient, signal.sumOverAllButChannels()]
  }
}
