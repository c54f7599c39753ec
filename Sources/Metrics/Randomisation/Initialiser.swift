internal import Foundation
internal import SaliencyCore

/// How the numbers of a randomised layer are drawn.
///
/// A trained model does not say what its layers were initialised with, so that the distribution is a parameter of the metric.
public enum Initialiser: String, Sendable, Codable, CaseIterable {
  /// Keras' default for convolutions and dense layers: kernels uniform in ±sqrt(6 / (fan in + fan out)); biases 0, the scale of a
  /// batch normalisation 1, its shift and mean 0, its variance 1. A model randomised to the last layer is an untrained one.
  case glorotUniform = "glorot-uniform"
  /// Kernels normal with variance 2 / fan in (He 2015); the rest as above.
  case heNormal = "he-normal"
  /// Every array keeps its trained numbers, in random order: the same distribution, and the same scale of activations.
  case shuffled

  /// New numbers for a parameter; those that are no parameters of training are kept.
  func draw(_ parameter: Parameter, from random: CounterRandom) -> Tensor {
    let value = parameter.value
    if self == .shuffled {
      let order = random.permutation(of: value.count)
      return Tensor(shape: value.shape, scalars: order.map { value[$0] })
    }
    switch parameter.name {
    case "gamma", "moving_variance": return Tensor(repeating: 1, shape: value.shape)
    case _ where value.shape.rank < 2: return Tensor(repeating: 0, shape: value.shape)
    default: return kernel(value.shape, from: random)
    }
  }

  private func kernel(_ shape: Shape, from random: CounterRandom) -> Tensor {
    let (inputs, outputs) = (shape[shape.rank - 2], shape[shape.rank - 1])
    let field = shape.count / max(inputs * outputs, 1)
    guard self == .heNormal else {
      let limit = (6 / Float(field * (inputs + outputs))).squareRoot()
      return random.uniform(-limit..<limit, shape: shape)
    }
    return random.normal(shape: shape) * (2 / Float(field * inputs)).squareRoot()
  }
}
