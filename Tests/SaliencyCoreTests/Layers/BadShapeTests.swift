import SaliencyCore
import TestSupport
import Testing

/// A layer that does not fit is refused as the graph is built, in a sentence that names it.
@Suite struct BadShapeTests {
  struct Refusal: Sendable, CustomStringConvertible {
    let layer: any Layer
    let shapes: [Shape]
    let sentence: String

    init(_ layer: any Layer, _ shapes: [Shape], _ sentence: String) {
      self.layer = layer
      self.shapes = shapes
      self.sentence = sentence
    }

    var description: String { "\(layer.kind) of \(shapes)" }
  }

  private static func zeros(_ shape: Shape) -> Tensor { Tensor(repeating: 0, shape: shape) }

  static let refusals: [Refusal] = [
    Refusal(
      Conv2D(kernel: zeros([3, 3, 4, 8])), [[9, 9, 3]],
      "layer \"x\": its input has shape (9, 9, 3), wanted 4 channels, as its kernel (3, 3, 4, 8) has"),
    Refusal(
      Conv2D(kernel: zeros([3, 3, 2, 8]), groups: 2), [[9, 9, 2]],
      "layer \"x\": its input has shape (9, 9, 2), wanted 4 channels, as its kernel (3, 3, 2, 8) has"),
    Refusal(
      Conv2D(kernel: zeros([3, 3, 4, 8])), [[9, 4]],
      "layer \"x\": its input has shape (9, 4), wanted (height, width, channels)"),
    Refusal(
      Conv2D(kernel: zeros([3, 3, 4, 8])), [[2, 9, 4]],
      "layer \"x\": its input has shape (2, 9, 4), wanted a map of at least the window's size, 3 x 3"),
    Refusal(
      Conv2D(kernel: zeros([3, 3, 4, 8]), dilation: (2, 1)), [[4, 9, 4]],
      "layer \"x\": its input has shape (4, 9, 4), wanted a map of at least the window's size, 5 x 3"),
    Refusal(
      Conv2DTranspose(kernel: zeros([3, 3, 4, 2]), window: Window(3, 3)), [[9, 9, 4]],
      "layer \"x\": its input has shape (9, 9, 4), wanted 2 channels, as its kernel (3, 3, 4, 2) has"),
    Refusal(
      Conv2DTranspose(
        kernel: zeros([3, 3, 4, 2]), window: Window(3, 3, strides: (2, 2)), outputPadding: (5, 5)),
      [[9, 9, 2]],
      "layer \"x\": its input has shape (9, 9, 2), wanted a size that its strides, padding and output padding can produce"
    ),
    Refusal(
      DepthwiseConv2D(kernel: zeros([3, 3, 4, 1])), [[9, 9, 5]],
      "layer \"x\": its input has shape (9, 9, 5), wanted 4 channels, as its kernel (3, 3, 4, 1) has"),
    Refusal(
      Dense(kernel: zeros([4, 2])), [[5]],
      "layer \"x\": its input has shape (5), wanted 4 in the last axis, as its kernel (4, 2) has"),
    Refusal(
      Dense(kernel: zeros([4, 2])), [[4], [4]],
      "layer \"x\": its input has shape (4), (4), wanted exactly one input"),
    Refusal(
      BatchNormalization(gamma: nil, beta: nil, mean: zeros([3]), variance: zeros([3])), [[5, 5, 4]],
      "layer \"x\": its input has shape (5, 5, 4), wanted 3 in the last axis, as it has means"),
    Refusal(
      LayerNormalization(gamma: zeros([3])), [[5, 5, 4]],
      "layer \"x\": its input has shape (5, 5, 4), wanted (3) in its last axes, as its gamma has"),
    Refusal(
      LayerNormalization(axes: 3), [[5, 4]], "layer \"x\": its input has shape (5, 4), wanted at least 3 axes"
    ),
    Refusal(
      GroupNormalization(groups: 2), [[5, 5, 3]],
      "layer \"x\": its input has shape (5, 5, 3), wanted a last axis that divides into 2 groups"),
    Refusal(
      GroupNormalization(groups: 2, gamma: zeros([6])), [[5, 5, 4]],
      "layer \"x\": its input has shape (5, 5, 4), wanted 6 in the last axis, as its gamma has"),
    Refusal(
      RMSNormalization(scale: zeros([3])), [[5, 4]],
      "layer \"x\": its input has shape (5, 4), wanted 3 in the last axis, as its scale has"),
    Refusal(
      UnitNormalization(axes: 2), [[5]], "layer \"x\": its input has shape (5), wanted at least 2 axes"),
    Refusal(
      MatMul(), [[2, 3, 4], [2, 5, 4]],
      "layer \"x\": its input has shape (2, 3, 4), (2, 5, 4), wanted two lists of as many matrices, whose inner sizes are equal"
    ),
    Refusal(
      Bias(zeros([1, 3])), [[4, 2]],
      "layer \"x\": its input has shape (4, 2), wanted axes as its bias has them, (1, 3)"),
    Refusal(
      Scale(zeros([3])), [[4, 3]],
      "layer \"x\": its input has shape (4, 3), wanted axes as its scale has them, (3)"),
    Refusal(
      Expand(to: [4, 3]), [[2, 3]],
      "layer \"x\": its input has shape (2, 3), wanted (4, 3), or size one along an axis"),
    Refusal(
      Gather(axis: -1, indices: [5]), [[2, 3]],
      "layer \"x\": its input has shape (2, 3), wanted at least 6 positions along axis -1"),
    Refusal(
      ConcatenateConstant(axis: -2, before: zeros([1, 4])), [[5, 3]],
      "layer \"x\": its input has shape (5, 3), wanted axes as its constants have them, but for axis -2"),
    Refusal(
      Reduction(.sum), [[]], "layer \"x\": its input has shape (), wanted a last axis that is not empty"),
    Refusal(LogSoftmax(), [], "layer \"x\": its input has shape (none), wanted exactly one input"),
    Refusal(
      LocalResponseNormalization(size: 5), [[]],
      "layer \"x\": its input has shape (), wanted at least one axis"),
    Refusal(
      Resample(
        rows: .init(inputCount: 2, terms: [[.init(0, 1)]]),
        columns: .init(inputCount: 3, terms: [[.init(0, 1)]])),
      [[2, 2, 1]], "layer \"x\": its input has shape (2, 2, 1), wanted 2 rows and 3 columns"),
    Refusal(
      MaxPool2D(2, 2, padding: .explicit(.init(top: 2, bottom: 0, left: 0, right: 0))), [[4, 4, 1]],
      "layer \"x\": its input has shape (4, 4, 1), wanted margins narrower than its window of 2 x 2"),
    Refusal(ElementwiseFunction.erf, [], "layer \"x\": its input has shape (none), wanted exactly one input"),
    Refusal(Power(2), [], "layer \"x\": its input has shape (none), wanted exactly one input"),
    Refusal(Clip(low: 0), [], "layer \"x\": its input has shape (none), wanted exactly one input"),
    Refusal(
      DotProductAttention(), [[4, 3], [5, 3]],
      "layer \"x\": its input has shape (4, 3), (5, 3), wanted query, value and key, each (positions, channels)"
    ),
    Refusal(
      DotProductAttention(), [[4, 3], [5, 3], [6, 3]],
      "layer \"x\": its input has shape (4, 3), (5, 3), (6, 3), wanted as many positions in the key as in the value"
    ),
    Refusal(
      DotProductAttention(heads: 2), [[4, 4], [5, 2], [5, 6]],
      "layer \"x\": its input has shape (4, 4), (5, 2), (5, 6), wanted as many channels for each of the query's 2 heads "
        + "as the key has"),
    Refusal(
      AdditiveAttention(), [[4, 3], [5, 3], [5, 4]],
      "layer \"x\": its input has shape (4, 3), (5, 3), (5, 4), wanted as many channels in the query as in the key and in "
        + "its weights"),
    Refusal(
      Dot(), [[4, 3], [5]],
      "layer \"x\": its input has shape (4, 3), (5), wanted two inputs with as many elements along axis -1 as along axis -1"
    ),
    Refusal(
      PReLU(alpha: zeros([1, 1, 3])), [[5, 5, 4]],
      "layer \"x\": its input has shape (5, 5, 4), wanted axes as its alpha has them, (1, 1, 3)"),
    Refusal(
      MaxPool2D(2, 2), [[1, 4, 3]],
      "layer \"x\": its input has shape (1, 4, 3), wanted a map of at least the window's size, 2 x 2"),
    Refusal(
      AveragePool2D(2, 2), [[12]], "layer \"x\": its input has shape (12), wanted (height, width, channels)"),
    Refusal(
      GlobalAveragePool2D(), [[12]], "layer \"x\": its input has shape (12), wanted (height, width, channels)"
    ),
    Refusal(GlobalMaxPool2D(), [], "layer \"x\": its input has shape (none), wanted exactly one input"),
    Refusal(ReLU(), [], "layer \"x\": its input has shape (none), wanted exactly one input"),
    Refusal(
      LeakyReLU(), [[1], [1]], "layer \"x\": its input has shape (1), (1), wanted exactly one input"),
    Refusal(ELU(), [], "layer \"x\": its input has shape (none), wanted exactly one input"),
    Refusal(Activation.tanh, [], "layer \"x\": its input has shape (none), wanted exactly one input"),
    Refusal(Softmax(axis: -2), [[5]], "layer \"x\": its input has shape (5), wanted at least 2 axes"),
    Refusal(
      Merge(.add), [[4, 4, 3], [4, 4, 2]],
      "layer \"x\": its input has shape (4, 4, 3), (4, 4, 2), wanted inputs of one shape (or of size one along an axis)"
    ),
    Refusal(Merge(.multiply), [[4]], "layer \"x\": its input has shape (4), wanted at least two inputs"),
    Refusal(
      Merge(.subtract), [[4], [4], [4]], "layer \"x\": its input has shape (4), (4), (4), wanted two inputs"),
    Refusal(
      Concatenate(), [[4, 4, 3], [4, 5, 3]],
      "layer \"x\": its input has shape (4, 4, 3), (4, 5, 3), wanted inputs that differ only along axis -1"),
    Refusal(
      Concatenate(axis: -3), [[4]], "layer \"x\": its input has shape (4), wanted inputs with at least 3 axes"
    ),
    Refusal(Identity(), [], "layer \"x\": its input has shape (none), wanted exactly one input"),
    Refusal(Flatten(), [], "layer \"x\": its input has shape (none), wanted exactly one input"),
    Refusal(
      Reshape([5, -1]), [[3, 4]],
      "layer \"x\": its input has shape (3, 4), wanted as many elements as the shape [5, -1] takes"),
    Refusal(
      Reshape([-1, -1]), [[3, 4]],
      "layer \"x\": its input has shape (3, 4), wanted as many elements as the shape [-1, -1] takes"),
    Refusal(
      Reshape([2, 5]), [[3, 4]],
      "layer \"x\": its input has shape (3, 4), wanted as many elements as the shape [2, 5] takes"),
    Refusal(
      ZeroPadding2D(top: 1, bottom: 1, left: 1, right: 1), [[3, 4]],
      "layer \"x\": its input has shape (3, 4), wanted (height, width, channels)"),
    Refusal(
      Cropping2D(top: 2, bottom: 1, left: 0, right: 0), [[3, 4, 1]],
      "layer \"x\": its input has shape (3, 4, 1), wanted more than 3 rows and 0 columns"),
    Refusal(Permute([1, 0]), [[3, 4, 1]], "layer \"x\": its input has shape (3, 4, 1), wanted 2 axes"),
    Refusal(
      SelectChannels([2, 1, 0]), [[3, 4, 2]],
      "layer \"x\": its input has shape (3, 4, 2), wanted at least 3 channels"),
    Refusal(
      Rescaling(scale: [1, 2], offset: [0]), [[3, 4, 1]],
      "layer \"x\": its input has shape (3, 4, 1), wanted 2 in the last axis, as it has scales"),
    Refusal(
      Resizing(height: 2, width: 2), [[3, 4]],
      "layer \"x\": its input has shape (3, 4), wanted (height, width, channels)"),
    Refusal(
      UpSampling2D(2, 2), [[0, 4, 1]],
      "layer \"x\": its input has shape (0, 4, 1), wanted a map that is not empty"),
  ]

  @Test(arguments: refusals)
  func isRefusedAsTheGraphIsBuilt(_ refusal: Refusal) {
    let error = #expect(throws: GraphError.self) {
      var graph = Graph()
      let inputs = try refusal.shapes.enumerated().map { index, shape in
        try graph.addInput(named: "input\(index)", shape: shape)
      }
      _ = try graph.add(refusal.layer, named: "x", inputs: inputs)
    }
    #expect(error?.description == refusal.sentence)
  }

  @Test func everyLayerRefusesSomething() {
    let refused = Set(Self.refusals.map { String(describing: type(of: $0.layer)) })
    let known = Set(LayerCase.all.map { String(describing: type(of: $0.layer)) })
    #expect(known.subtracting(refused).sorted() == [])
  }

  @Test func aRefusedLayerLeavesTheGraphAsItWas() throws {
    var graph = Graph()
    let input = try graph.addInput(named: "input", shape: [4])
    #expect(throws: GraphError.self) {
      try graph.add(Dense(kernel: Self.zeros([3, 2])), named: "x", inputs: [input])
    }
    #expect(graph.nodes.count == 1)
    #expect(graph.node(named: "x") == nil)
    _ = try graph.add(Dense(kernel: Self.zeros([4, 2])), named: "x", inputs: [input])
    #expect(graph.nodes.count == 2)
  }
}
