/// One operation of a network: what it computes, and what a change of its output means at its inputs.
///
/// A layer is a value and holds its own parameters. Shapes in `outputShape` are those of one sample, without the
/// batch axis; tensors carry the batch axis first. Every layer treats the samples of a batch independently.
public protocol Layer: Sendable {
  /// What the layer is called in messages: the name of its type, as Keras users know it.
  var kind: String { get }

  /// The shape of one sample of the output.
  ///
  /// - Throws: `GraphError.badInputs` where the layer cannot take inputs of these shapes.
  func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape

  /// The layer applied to a batch.
  func callAsFunction(_ inputs: [Tensor]) -> Tensor

  /// Whether the output is an affine function of the inputs taken together.
  var isAffine: Bool { get }

  /// The vector-Jacobian product: what the signal at the output means at each input.
  func pullback(_ signal: Tensor, at step: Step) -> [Tensor]
}

extension Layer {
  public var kind: String { String(describing: type(of: self)) }
  public var isAffine: Bool { false }
}

/// A layer whose output is an affine function of its inputs.
///
/// Dense, convolution, pooling by the mean, reshaping. Class activation mapping needs a head made of these.
public protocol AffineLayer: Layer {}

extension AffineLayer {
  public var isAffine: Bool { true }
}

/// A layer that sums its inputs with learned weights, `kernel`, and adds a `bias`: dense layers and convolutions.
///
/// The family for which propagation rules (LRP) are defined; see `LayerSelector.linear`.
public protocol LinearLayer: ParametricLayer, AffineLayer {}

/// A layer that does nothing to its input at inference, such as dropout.
public protocol IdentityLayer: AffineLayer {}

extension IdentityLayer {
  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape { try inputs.only() }
  public func callAsFunction(_ inputs: [Tensor]) -> Tensor { inputs[0] }
  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] { [signal] }
}

/// A named array of numbers that a layer has learned.
public struct Parameter: Sendable {
  public let name: String
  public let value: Tensor

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
