import SaliencyCore
import TestSupport

@testable import Support

/// Cases of activations, softmax and pooling.
extension LayerCase {
  static let pooling: [LayerCase] = [
    LayerCase("2x2", MaxPool2D(2, 2), [6, 8, 3], points: .apart),
    LayerCase("2x2, odd map", MaxPool2D(2, 2), [5, 7, 3], points: .apart),
    LayerCase("3x3 stride 2, overlapping", MaxPool2D(3, 3, strides: (2, 2)), [7, 9, 3], points: .apart),
    LayerCase(
      "3x3 stride 2 same", MaxPool2D(3, 3, strides: (2, 2), padding: .same), [6, 7, 3], points: .apart),
    LayerCase(
      "2x3 stride 1 same", MaxPool2D(2, 3, strides: (1, 1), padding: .same), [4, 5, 2], points: .apart),
    LayerCase("more than 256 positions", MaxPool2D(17, 16, strides: (1, 1)), [18, 18, 2], points: .apart),
    LayerCase("2x2", AveragePool2D(2, 2), [6, 8, 3]),
    LayerCase("2x2, odd map", AveragePool2D(2, 2), [5, 7, 3]),
    LayerCase("3x3 stride 2 same", AveragePool2D(3, 3, strides: (2, 2), padding: .same), [6, 7, 3]),
    LayerCase("3x2 stride 1 same", AveragePool2D(3, 2, strides: (1, 1), padding: .same), [4, 5, 2]),
  ]

  static let globalPooling: [LayerCase] = [
    LayerCase("mean", GlobalAveragePool2D(), [4, 5, 3]),
    LayerCase("mean, axes kept", GlobalAveragePool2D(keepsAxes: true), [4, 5, 3]),
    LayerCase("maximum", GlobalMaxPool2D(), [4, 5, 3], points: .apart),
    LayerCase("maximum, axes kept", GlobalMaxPool2D(keepsAxes: true), [4, 5, 3], points: .apart),
  ]

  /// Where an activation function has no derivative, or a jump in a higher one.
  private static func kinks(_ activation: Activation) -> [Float] {
    switch activation {
    case .elu, .selu, .softsign: [0]
    case .hardSigmoid, .hardSwish: [-3, 3]
    case .hardSigmoidKeras2: [-2.5, 2.5]
    case .softplus, .sigmoid, .tanh, .exponential, .silu, .mish, .gelu, .geluTanh: []
    }
  }

  static let activations: [LayerCase] =
    [
      LayerCase("plain", ReLU(), [4, 5, 3], points: .awayFrom([0])),
      LayerCase("at most 6", ReLU(maximum: 6), [4, 5, 3], points: .awayFrom([0, 6])),
      LayerCase("above a threshold", ReLU(threshold: 1), [4, 5, 3], points: .awayFrom([1])),
      LayerCase("threshold and cap", ReLU(maximum: 2, threshold: -1), [11], points: .awayFrom([-1, 2])),
      LayerCase("plain", LeakyReLU(), [4, 5, 3], points: .awayFrom([0])),
      LayerCase(
        "with all options", LeakyReLU(slope: 0.1, maximum: 3, threshold: 1), [40], points: .awayFrom([1, 3])),
      LayerCase("alpha 0.7", ELU(alpha: 0.7), [4, 5, 3], points: .awayFrom([0])),
      LayerCase(
        "a slope for each element", PReLU(alpha: normal([4, 5, 3])), [4, 5, 3], points: .awayFrom([0])),
      LayerCase(
        "a slope for each channel", PReLU(alpha: normal([1, 1, 3])), [4, 5, 3], points: .awayFrom([0])),
      LayerCase(
        "a slope for each column", PReLU(alpha: normal([1, 5, 1])), [4, 5, 3], points: .awayFrom([0])),
    ]
    + Activation.allCases.map {
      LayerCase("", $0, [4, 5, 3], points: kinks($0).isEmpty ? .anywhere : .awayFrom(kinks($0)))
    }

  static let softmax: [LayerCase] = [
    LayerCase("of a vector", Softmax(), [6]),
    LayerCase("of a map's channels", Softmax(), [3, 4, 5]),
    LayerCase("along the width", Softmax(axis: -2), [3, 4, 5]),
    LayerCase("along the height", Softmax(axis: -3), [3, 4, 5]),
  ]
}
