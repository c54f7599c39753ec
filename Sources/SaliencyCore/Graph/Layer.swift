/// One operation of a network: its output for a batch, and the gradient at its inputs.
///
/// A layer is a value and holds its own parameters. Shapes in `outputShape` are those of one sample, without the
/// batch axis; tensors carry the batch axis first. Every layer treats the samples of a batch independently.
public protocol Layer: Sendable {
  /// The name of the layer's type in messages, as in Keras.
  var kind: String { get }

  /// The shape of one sample of the output.
  ///
  /// - Throws: `GraphError.badInputs` if the layer cannot take inputs of these shapes.
  func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape

  /// The layer applied to a batch.
  func callAsFunction(_ inputs: [Tensor]) -> Tensor

  /// Whether the output is an affine function of all inputs together; false unless the layer declares otherwise.
  ///
  /// Dense layers, convolutions, mean pooling and reshaping are. CAM needs a head of affine layers.
  var isAffine: Bool { get }

  /// The vector-Jacobian product: the gradient at each input, given the gradient at the output.
  func pullback(_ signal: Tensor, at step: Step) -> [Tensor]
}

extension Layer {
  public var kind: String { String(describing: type(of: self)) }
  public var isAffine: Bool { false }
}

/// A layer that does nothing to its input at inference, such as dropout.
public protocol IdentityLayer: Layer {}

extension IdentityLayer {
  public var isAffine: Bool { true }
  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape { try inputs.only() }
  public func callAsFunction(_ inputs: [Tensor]) -> Tensor { inputs[0] }
  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] { [signal] }
}

/// A named parameter of a layer.
public struct Parameter: Sendable {
  /// The name in Keras: `kernel`.
  public let name: String
  /// The weights.
  public let value: Tensor

  /// A parameter of a name and a value.
  public init(_ name: String, _ value: Tensor) {
    self.name = name
    self.value = value
  }
}

/// A layer with learned parameters.
public protocol ParametricLayer: Layer {
  /// The parameters in Keras' order.
  var parameters: [Parameter] { get }

  /// The number of scalars, computed from shapes alone: reading `parameters` may have to unpack the weights.
  var parameterCount: Int { get }

  /// The same layer with other parameters of the same shapes, in the order of `parameters`.
  func replacingParameters(_ values: [Tensor]) -> Self

  /// The gradient with respect to each of `parameters`, summed over the batch.
  func parameterPullback(_ signal: Tensor, at step: Step) -> [Tensor]
}

extension ParametricLayer {
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

  /// The same layer with each parameter replaced by what `transform` makes of it.
  public func mapParameters(_ transform: (Parameter) throws -> Tensor) rethrows -> Self {
    replacingParameters(try parameters.map(transform))
  }
}
