import SaliencyCore
import TestSupport
import Testing

@Suite struct ModelTests {
  private func scoreName(_ layers: [(name: String, layer: any Layer)]) throws -> String {
    let model = try TinyNetworks.chain([4], layers)
    return model.graph[model.score].name
  }

  private let dense = Dense(kernel: Tensor(repeating: 1, shape: [4, 4]))

  @Test func theScoreIsBeforeTheFinalSoftmaxOrSigmoid() throws {
    #expect(try scoreName([("logits", dense), ("softmax", Softmax())]) == "logits")
    #expect(try scoreName([("logits", dense), ("sigmoid", Activation.sigmoid)]) == "logits")
    // Rearranging layers after the softmax are looked through; before it they are the score.
    #expect(
      try scoreName([("logits", dense), ("softmax", Softmax()), ("out", Reshape([2, 2]))]) == "logits")
    #expect(try scoreName([("logits", dense), ("flat", Flatten()), ("softmax", Softmax())]) == "flat")
    // Any other end is explained as it is, also where a softmax lies further back.
    #expect(try scoreName([("logits", dense), ("relu", ReLU())]) == "relu")
    #expect(try scoreName([("attention", Softmax()), ("logits", dense)]) == "logits")
  }

  @Test func otherInputsAreHeldAtAValue() throws {
    var graph = Graph()
    let image = try graph.addInput(named: "image", shape: [2, 2, 1])
    let scale = try graph.addInput(named: "scale", shape: [1])
    let product = try graph.add(Merge(.multiply), named: "product", inputs: [image, scale])
    let model = Model(name: "scaled", graph: graph, input: image, output: product)
    let images = Tensor(repeating: 2, shape: [3, 2, 2, 1])
    let missing = #expect(throws: GraphError.self) { try model.record(images, upTo: [product]) }
    #expect(missing?.description == "1 input tensors were given, wanted 2: image, scale")
    let fixed = try model.fixing("scale", at: Tensor(repeating: 5, shape: [1, 1]))
    #expect(try fixed.record(images, upTo: [product])[product] == images * 5)
    #expect(try fixed.replacingGraph(graph).record(images, upTo: [product])[product] == images * 5)
    let wrong = #expect(throws: GraphError.self) { try model.fixing("scale", at: images) }
    #expect(wrong?.description == "input \"scale\": found a tensor of shape (3, 2, 2, 1), wanted (batch, 1)")
    #expect(throws: GraphError.self) { try model.fixing("scales", at: images) }
  }

  @Test func theMicroBatchDependsOnTheNetworkAlone() throws {
    #expect(try TinyNetworks.gap().microBatch == 16)
    let medium = try TinyNetworks.chain([200, 200, 3], [("relu", ReLU()), ("pool", GlobalAveragePool2D())])
    #expect(medium.microBatch == 4)
    // A head of many weights on few activations: they are read once for several samples.
    let head = Dense(kernel: Tensor(repeating: 0, shape: [360_000, 30]))
    let heavy = try TinyNetworks.chain(
      [600, 600, 1], [("flat", Flatten()), ("relu", ReLU()), ("head", head), ("end", ReLU())])
    #expect(heavy.microBatch == 4)
    let huge = try TinyNetworks.chain([4000, 4000, 3], [("relu", ReLU()), ("pool", GlobalAveragePool2D())])
    #expect(huge.microBatch == 1)
  }
}
