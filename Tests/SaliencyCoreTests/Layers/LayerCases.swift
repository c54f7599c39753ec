import SaliencyCore
import TestSupport

@testable import Support

/// One layer in one configuration, with shapes it takes and points at which it can be differentiated.
struct LayerCase: Sendable, CustomStringConvertible {
  let name: String
  let layer: any Layer
  /// The shape of one sample of each input.
  let shapes: [Shape]
  let points: Points

  init(_ name: String, _ layer: any Layer, _ shapes: Shape..., points: Points = .anywhere) {
    self.name = name
    self.layer = layer
    self.shapes = shapes
    self.points = points
  }

  var description: String { "\(layer.kind) \(name)" }

  func inputs(batch: Int = 2) -> [Tensor] { points.inputs(of: shapes.map { $0.batched(batch) }) }

  /// Every layer of `Sources/SaliencyCore`, in the configurations that take different ways through its code.
  ///
  /// `LayerCoverageTests` fails where a layer type is missing here.
  static let all: [LayerCase] =
    convolutions + transposed + depthwise + dense + normalizations + pooling + globalPooling + activations
    + softmax + merging + concatenations + rearranging + resizing + groupNormalizations + attention + onnx

  static func normal(_ shape: Shape, _ path: UInt64 = 0) -> Tensor {
    CounterRandom(seed: 21, path: path).normal(shape: shape) * 0.5
  }

  static let dense: [LayerCase] = [
    LayerCase("of a vector", Dense(kernel: normal([7, 5]), bias: normal([5], 1)), [7]),
    LayerCase("without a bias", Dense(kernel: normal([7, 5])), [7]),
    LayerCase("of a map's last axis", Dense(kernel: normal([4, 3]), bias: normal([3], 1)), [2, 3, 4]),
    LayerCase("one unit", Dense(kernel: normal([6, 1]), bias: normal([1], 1)), [6]),
  ]

  static let attention: [LayerCase] = [
    LayerCase("one head", DotProductAttention(scale: 0.2), [4, 3], [5, 2], [5, 3]),
    LayerCase("two heads", DotProductAttention(heads: 2, scale: 0.2), [4, 6], [3, 4], [3, 6]),
    LayerCase(
      "two heads share keys", DotProductAttention(heads: 4, keyValueHeads: 2, scale: 0.2), [3, 8], [4, 6],
      [4, 4]),
    LayerCase("over maps", DotProductAttention(scale: 0.2), [2, 3, 4], [3, 2, 2], [3, 2, 4]),
    LayerCase("one weight", AdditiveAttention(weights: [0.5], inner: 0.4), [3, 4], [5, 2], [5, 4]),
    LayerCase(
      "a weight for each channel", AdditiveAttention(weights: [0.5, -0.3, 0.2], inner: 0.5), [3, 3], [4, 2],
      [4, 3]),
    LayerCase("vectors", Dot(), [5], [5]),
    LayerCase("last axes", Dot(), [3, 4], [2, 4]),
    LayerCase("inner axes", Dot(-2, -1), [3, 4], [2, 3]),
    LayerCase("maps", Dot(-3, -2), [3, 2, 2], [3, 4]),
  ]

  static let merging: [LayerCase] =
    Merge.Operation.allCases.map { operation in
      LayerCase("two", Merge(operation), [3, 4, 2], [3, 4, 2], points: points(operation))
    }
    + Merge.Operation.allCases.filter { $0 != .subtract }.map { operation in
      LayerCase("three", Merge(operation), [3, 2], [3, 2], [3, 2], points: points(operation))
    }
    + Merge.Operation.allCases.map { operation in
      LayerCase(
        "a gate for each channel", Merge(operation), [3, 4, 5], [1, 1, 5], points: points(operation))
    }
    + [
      LayerCase("a vector under a map", Merge(.multiply), [3, 4, 5], [5]),
      LayerCase("each repeated to the other", Merge(.subtract), [3, 1, 2], [1, 4, 1]),
      LayerCase("a mask over the positions", Merge(.multiply), [3, 4, 1], [3, 4, 5]),
    ]

  private static func points(_ operation: Merge.Operation) -> Points {
    operation == .maximum || operation == .minimum ? .apart : .anywhere
  }

  static let concatenations: [LayerCase] = [
    LayerCase("channels", Concatenate(), [3, 4, 2], [3, 4, 5], [3, 4, 1]),
    LayerCase("rows", Concatenate(axis: -3), [2, 4, 3], [3, 4, 3]),
    LayerCase("columns", Concatenate(axis: -2), [3, 2, 2], [3, 5, 2]),
    LayerCase("vectors", Concatenate(), [3], [4]),
    LayerCase("only one", Concatenate(), [3, 2]),
    LayerCase("reversed", SelectChannels([2, 1, 0]), [3, 4, 3]),
    LayerCase("one of four", SelectChannels([1]), [2, 3, 4]),
    LayerCase("one twice", SelectChannels([0, 0, 2]), [2, 2, 3]),
  ]

  static let rearranging: [LayerCase] = [
    LayerCase("", Identity(), [3, 4, 2]),
    LayerCase("", Flatten(), [3, 4, 2]),
    LayerCase("to a map", Reshape([2, 3, 4]), [24]),
    LayerCase("with a free axis", Reshape([-1, 6]), [3, 4, 2]),
    LayerCase("all around", ZeroPadding2D(top: 1, bottom: 2, left: 3, right: 0), [3, 4, 2]),
    LayerCase("all around", Cropping2D(top: 1, bottom: 2, left: 0, right: 1), [5, 4, 2]),
    LayerCase("channels first", Permute([2, 0, 1]), [3, 4, 2]),
    LayerCase("a matrix", Permute([1, 0]), [3, 4]),
    LayerCase("one for all", Rescaling(scale: [0.5], offset: [-1]), [3, 4, 2]),
    LayerCase("one for each channel", Rescaling(scale: [0.5, 2], offset: [-1, 3]), [3, 4, 2]),
    LayerCase("one scale, two offsets", Rescaling(scale: [0.5], offset: [-1, 3]), [3, 4, 2]),
    LayerCase("two scales, one offset", Rescaling(scale: [0.5, 2], offset: [-1]), [3, 4, 2]),
  ]

  /// Explicit margins, and what exported graphs are made of.
  static let onnx: [LayerCase] =
    ElementwiseFunction.allCases.map {
      LayerCase(
        "", $0, [4, 5],
        points: $0.isDefinedAboveZero ? .large : $0 == .magnitude ? .awayFrom([0]) : .anywhere)
    }
    + [
      LayerCase("squared", Power(2), [4, 5]),
      LayerCase("to the power 1.5", Power(1.5), [4, 5], points: .positive),
      LayerCase("both bounds", Clip(low: -0.5, high: 0.7), [4, 5], points: .awayFrom([-0.5, 0.7])),
      LayerCase("below", Clip(low: 0.2), [4, 5], points: .awayFrom([0.2])),
      LayerCase("one for each channel", Bias(normal([1, 1, 3])), [4, 5, 3]),
      LayerCase("positions", Bias(normal([4, 3])), [4, 3]),
      LayerCase("one for each channel", Scale(normal([1, 1, 3])), [4, 5, 3]),
      LayerCase("one for each position", Scale(normal([4, 5, 1])), [4, 5, 3]),
      LayerCase("a mask", Scale(normal([4, 5, 1]), isLearned: false), [4, 5, 3]),
      LayerCase("channels to a map", Expand(to: [2, 4, 3]), [1, 1, 3]),
      LayerCase("channels", Gather(axis: -1, indices: [2, 0, 1, 2]), [2, 3, 3]),
      LayerCase("every other row", Gather(axis: -3, indices: [0, 2]), [4, 3, 2]),
      LayerCase("a class token", ConcatenateConstant(axis: -2, before: normal([1, 3])), [4, 3]),
      LayerCase(
        "before and after", ConcatenateConstant(axis: -1, before: normal([2, 1]), after: normal([2, 2], 1)),
        [2, 3]),
      LayerCase("of channels", LogSoftmax(), [3, 5]),
      LayerCase(
        "five channels", LocalResponseNormalization(size: 5, alpha: 0.3, beta: 0.75, bias: 1), [2, 3, 8]),
      LayerCase(
        "of even size", LocalResponseNormalization(size: 2, alpha: 0.5, beta: 0.5, bias: 2), [2, 2, 5]),
      LayerCase("matrices", MatMul(), [2, 3, 4], [2, 4, 5]),
      LayerCase("first transposed", MatMul(transposingFirst: true), [2, 4, 3], [2, 4, 5]),
      LayerCase("second transposed", MatMul(transposingSecond: true), [2, 3, 4], [2, 5, 4]),
      LayerCase(
        "both transposed", MatMul(transposingFirst: true, transposingSecond: true), [1, 4, 3], [1, 5, 4]),
      LayerCase("wide", MatMul(), [1, 20, 33], [1, 33, 18]),
      LayerCase("of rows of attention", Softmax(), [2, 7, 37]),
      LayerCase("three columns to five", Resample(rows: twoFromThree, columns: fiveFromFour), [3, 4, 2]),
      LayerCase(
        "uneven margins",
        Conv2D(
          kernel: normal([3, 3, 2, 3]), strides: (2, 2),
          padding: .explicit(.init(top: 1, bottom: 0, left: 2, right: 1))), [6, 7, 2]),
      LayerCase(
        "margins of one, stride 2",
        DepthwiseConv2D(
          kernel: normal([3, 3, 4, 1]), strides: (2, 2),
          padding: .explicit(.init(top: 1, bottom: 1, left: 1, right: 1))), [6, 8, 4]),
      LayerCase(
        "margins",
        MaxPool2D(3, 3, strides: (2, 2), padding: .explicit(.init(top: 1, bottom: 2, left: 1, right: 0))),
        [6, 7, 2], points: .apart),
      LayerCase(
        "margins",
        AveragePool2D(3, 2, strides: (2, 1), padding: .explicit(.init(top: 1, bottom: 0, left: 0, right: 1))),
        [5, 4, 2]),
      LayerCase(
        "margins and output padding",
        Conv2DTranspose(
          kernel: normal([3, 3, 2, 3]), bias: normal([2], 1),
          window: Window(
            3, 3, strides: (2, 2), padding: .explicit(.init(top: 1, bottom: 1, left: 1, right: 1))),
          outputPadding: (1, 1)), [4, 5, 3]),
    ]
    + Reduction.Operation.allCases.map {
      LayerCase(
        "of channels", Reduction($0), [3, 4],
        points: [.maximum, .minimum].contains($0) ? .apart : .anywhere)
    }

  private static let twoFromThree = Resample.Axis(
    inputCount: 3, terms: [[.init(0, 0.75), .init(1, 0.25)], [.init(2, 1)]])
  private static let fiveFromFour = Resample.Axis(
    inputCount: 4,
    terms: [
      [.init(0, 1)], [.init(0, 0.5), .init(1, 0.5)], [.init(2, 1)], [.init(1, -0.1), .init(3, 1.1)],
      [.init(3, 1)],
    ])

  static let resizing: [LayerCase] =
    Interpolation.allCases.map {
      LayerCase("\($0.rawValue), down and up", Resizing(height: 3, width: 9, interpolation: $0), [7, 4, 2])
    }
    + [
      LayerCase("nearest", UpSampling2D(2, 3), [3, 4, 2]),
      LayerCase("bilinear", UpSampling2D(2, 3, interpolation: .bilinear), [3, 4, 2]),
    ]
}

extension ElementwiseFunction {
  /// Whether the function is smooth above 0 alone.
  fileprivate var isDefinedAboveZero: Bool { [.squareRoot, .logarithm, .reciprocal].contains(self) }
}
