import Foundation
import SaliencyCore
import TestSupport
import Testing

@testable import Support

/// Values and gradients of the layers against those of Keras and TensorFlow, as `Tests/Golden/make_layers.py` wrote them.
@Suite struct KerasAgreementTests {
  struct Entry: Decodable, Sendable, CustomStringConvertible {
    let name: String
    let inputs: [[Int]]
    let shape: [Int]
    let output: [Float]
    let gradients: [[Float]]

    var description: String { name }
  }

  static let entries: [Entry] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Golden/layers.json").standardized.path
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    return (try? JSONDecoder().decode([Entry].self, from: data)) ?? []
  }()

  /// The numbers of `make_layers.py`.
  private static func numbers(_ shape: [Int], _ phase: Int) -> Tensor {
    let shape = Shape(shape)
    return Tensor(
      shape: shape, scalars: (0..<shape.count).map { Float(2.5 * sin(1.7 * Double($0) + Double(phase))) })
  }

  private static func variance(_ shape: [Int], _ phase: Int) -> Tensor {
    numbers(shape, phase).map { $0 * $0 + 0.5 }
  }

  private static func convolution(
    _ kernel: [Int], strides: Int = 1, dilation: Int = 1, padding: Padding = .same, groups: Int = 1,
    bias: Bool = true
  ) -> Conv2D {
    Conv2D(
      kernel: numbers(kernel, 20), bias: bias ? numbers([kernel[3]], 21) : nil, strides: (strides, strides),
      dilation: (dilation, dilation), padding: padding, groups: groups)
  }

  private static func transposed(
    _ kernel: [Int], strides: Int, padding: Padding, extra: (Int, Int)? = nil
  ) -> Conv2DTranspose {
    Conv2DTranspose(
      kernel: numbers(kernel, 20), bias: numbers([kernel[2]], 21),
      window: Window(kernel[0], kernel[1], strides: (strides, strides), padding: padding),
      outputPadding: extra)
  }

  private static func depthwise(_ kernel: [Int], strides: Int = 1) -> DepthwiseConv2D {
    DepthwiseConv2D(
      kernel: numbers(kernel, 20), bias: numbers([kernel[2] * kernel[3]], 21), strides: (strides, strides),
      padding: .same)
  }

  private static let layers: [String: any Layer] = [
    "relu": ReLU(),
    "relu at most 2": ReLU(maximum: 2),
    "relu above 0.5, at most 2": ReLU(maximum: 2, threshold: 0.5),
    "leaky 0.3": LeakyReLU(),
    "leaky 0.1 above 0.5, at most 2": LeakyReLU(slope: 0.1, maximum: 2, threshold: 0.5),
    "elu 0.7": ELU(alpha: 0.7),
    "prelu": PReLU(alpha: numbers([24], 20)),
    "prelu shared over space": PReLU(alpha: numbers([1, 1, 4], 20)),
    "layer norm": LayerNormalization(gamma: numbers([4], 20), beta: numbers([4], 21)),
    "layer norm of maps": LayerNormalization(
      gamma: numbers([2, 3, 4], 20), beta: numbers([2, 3, 4], 21), axes: 3),
    "cropping": Cropping2D(top: 1, bottom: 0, left: 0, right: 2),
    "permute": Permute([2, 0, 1]),
    "rescaling": Rescaling(scale: [0.5, 2], offset: [-1, 3]),
    "resizing bilinear": Resizing(height: 5, width: 3),
    "resizing nearest": Resizing(height: 2, width: 7, interpolation: .nearest),
    "up by nearest": UpSampling2D(2, 3),
    "up by bilinear": UpSampling2D(2, 2, interpolation: .bilinear),
    "transposed same stride 2": transposed([3, 3, 3, 2], strides: 2, padding: .same),
    "transposed valid stride 2": transposed([3, 2, 2, 2], strides: 2, padding: .valid),
    "transposed same, output padding": transposed([3, 3, 2, 1], strides: 2, padding: .same, extra: (1, 1)),
    "transposed same stride 3 kernel 2": transposed([2, 2, 2, 1], strides: 3, padding: .same),
    "softmax": Softmax(),
    "softmax along rows": Softmax(axis: -2),
    "conv same": convolution([3, 2, 2, 3]),
    "conv same stride 2": convolution([3, 3, 2, 2], strides: 2),
    "conv same stride 3 kernel 4": convolution([4, 4, 1, 2], strides: 3),
    "conv valid stride 2": convolution([2, 2, 2, 2], strides: 2, padding: .valid, bias: false),
    "conv same dilation 2": convolution([3, 3, 2, 2], dilation: 2),
    "conv 2 groups": convolution([3, 3, 2, 4], groups: 2),
    "depthwise same": depthwise([3, 3, 2, 1]),
    "depthwise multiplier 2 stride 2": depthwise([3, 3, 2, 2], strides: 2),
    "dense": Dense(kernel: numbers([4, 3], 20), bias: numbers([3], 21)),
    "dense on a map": Dense(kernel: numbers([4, 2], 20), bias: numbers([2], 21)),
    "batch norm": BatchNormalization(
      gamma: numbers([4], 20), beta: numbers([4], 21), mean: numbers([4], 22), variance: variance([4], 23)),
    "batch norm without scale": BatchNormalization(
      gamma: nil, beta: numbers([3], 20), mean: numbers([3], 21), variance: variance([3], 22), epsilon: 0.1),
    "max pool same": MaxPool2D(3, 3, strides: (2, 2), padding: .same),
    "max pool valid": MaxPool2D(2, 2),
    "average pool same": AveragePool2D(3, 3, strides: (2, 2), padding: .same),
    "average pool valid": AveragePool2D(2, 3),
    "global average": GlobalAveragePool2D(),
    "global maximum, axes kept": GlobalMaxPool2D(keepsAxes: true),
    "zero padding": ZeroPadding2D(top: 1, bottom: 2, left: 0, right: 3),
    "reshape": Reshape([2, -1]),
    "concatenate rows": Concatenate(axis: -3),
    "add": Merge(.add),
    "average": Merge(.average),
    "multiply by a gate": Merge(.multiply),
    "multiply by a vector": Merge(.multiply),
    "maximum": Merge(.maximum),
    "minimum": Merge(.minimum),
    "subtract": Merge(.subtract),
    "group norm": GroupNormalization(groups: 2, gamma: numbers([4], 20), beta: numbers([4], 21)),
    "group norm of instances": GroupNormalization(
      groups: 4, gamma: numbers([4], 20), beta: numbers([4], 21), epsilon: 0.1),
    "RMS norm": RMSNormalization(scale: numbers([4], 20)),
    "unit norm": UnitNormalization(),
    "unit norm of maps": UnitNormalization(axes: 3),
    "attention": DotProductAttention(),
    "additive attention": AdditiveAttention(),
    "dot of vectors": Dot(),
    "dot of maps": Dot(-2, -1),
  ]

  private static func layer(named name: String) -> (any Layer)? {
    name.hasPrefix("activation ") ? Activation(rawValue: String(name.dropFirst(11))) : layers[name]
  }

  @Test func everyActivationAndEveryEntryIsCompared() {
    let names = Set(Self.entries.map(\.name))
    #expect(Self.layers.keys.allSatisfy(names.contains))
    #expect(Activation.allCases.allSatisfy { names.contains("activation \($0.rawValue)") })
  }

  @Test(arguments: entries)
  func agreesWithKeras(_ entry: Entry) throws {
    let layer = try #require(Self.layer(named: entry.name))
    let inputs = entry.inputs.enumerated().map { Self.numbers($0.element, $0.offset) }
    let step = Step(applying: layer, to: inputs)
    let output = Tensor(shape: Shape(entry.shape), scalars: entry.output)
    #expect(step.output.relativeError(to: output) < 1e-6)
    let pulled = step.pullback(Self.numbers(entry.shape, 9))
    for (part, expected) in zip(pulled, entry.gradients) {
      #expect(part.relativeError(to: Tensor(shape: part.shape, scalars: expected)) < 2e-6)
    }
  }
}
