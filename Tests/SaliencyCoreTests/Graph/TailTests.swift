import TestSupport
import Testing

@testable import SaliencyCore

@Suite struct TailTests {
  private func request(_ model: Model) throws -> AttributionRequest {
    try AttributionRequest(
      model, inputs: TinyNetworks.images(for: model, count: 2), targets: [.index(1), .index(2)])
  }

  /// From any node of a network with branches and a shared layer, unchanged values give the same bits as the whole pass.
  @Test func unchangedValuesGiveTheSameScore() throws {
    let model = try TinyNetworks.mixed()
    let request = try request(model)
    for node in model.graph.nodes where model.graph.ancestors(of: [model.score])[node.id.index] {
      for n in 0..<2 {
        let tail = try request.tail(from: node.id, explainedAs: n)
        let values = request.activations(at: node.id).sample(n).repeated(3)
        let scores = try request.scores(behind: tail, for: values, explainedAs: n)
        #expect(scores == Array(repeating: request.scores[n], count: 3), "\(node.name)")
      }
    }
  }

  /// Changed values give what a network gives in which the node has them: here, the input of the rest.
  @Test func changedValues() throws {
    let model = try TinyNetworks.gap()
    let request = try request(model)
    let tail = try request.tail(from: model.input, explainedAs: 1)
    let images = TinyNetworks.images(for: model, count: 4, seed: 9)
    #expect(
      try request.scores(behind: tail, for: images, explainedAs: 1)
        == request.scores(for: images, explainedAs: 1))
    #expect(request.passes.forward == 2 + 4 + 4)
  }

  /// Only what is behind the node is in the tail.
  @Test func nothingBeforeTheNodeIsComputed() throws {
    let model = try TinyNetworks.vgg()
    let tail = try Tail(of: model, from: model.graph.find("block2_conv1"), to: model.score)
    #expect(
      tail.graph.nodes.map(\.name)
        == ["block2_conv1", "block2_pool", "flatten", "fc1.linear", "fc1", "predictions.linear"])
    #expect(tail.microBatch == 64)
  }

  /// Of a layer of many classes only those of one vector are computed, with the same bits: of a dense layer, and of a convolution before a pooling.
  @Test func wideHeads() throws {
    var dense = NetworkBuilder(input: [7, 6, 3], seed: 2)
    try dense.convolution("conv", filters: 20)
    try dense.add(GlobalAveragePool2D(), named: "gap")
    try dense.dense("score", units: 40)
    var pooled = NetworkBuilder(input: [7, 6, 3], seed: 3)
    try pooled.convolution("conv", filters: 20)
    let kernel = pooled.normal([1, 1, 20, 40])
    try pooled.add(Conv2D(kernel: kernel, bias: pooled.normal([40])), named: "classes")
    try pooled.add(ReLU(), named: "relu")
    try pooled.add(GlobalAveragePool2D(), named: "gap")
    for model in [dense.model(named: "dense"), pooled.model(named: "pooled")] {
      let images = TinyNetworks.images(for: model, count: 3)
      for target in [0, 17, 39] {
        let request = try AttributionRequest(model, inputs: images, targets: [.index(target)])
        let tail = try request.tail(from: model.input, explainedAs: 1)
        #expect(tail.channels == (target / 16 * 16)..<min(target / 16 * 16 + 16, 40))
        let found = try request.scores(behind: tail, for: images, explainedAs: 1)
        #expect(found == request.scores, "\(model.name), class \(target)")
      }
    }
  }

  /// A score that does not depend on the node stays what it is.
  @Test func anIndependentScore() throws {
    let model = try TinyNetworks.vgg()
    let request = try request(model)
    let tail = try request.tail(from: model.output, explainedAs: 0)
    let values = Tensor(repeating: 0, shape: [1, 4])
    #expect(try request.scores(behind: tail, for: values, explainedAs: 0) == [request.scores[0]])
  }

  @Test func valuesOfTheWrongShapeAreRefused() throws {
    let model = try TinyNetworks.vgg()
    let request = try request(model)
    let tail = try request.tail(from: model.graph.find("fc1"), explainedAs: 0)
    #expect(throws: GraphError.self) {
      try request.scores(behind: tail, for: Tensor(repeating: 0, shape: [1, 3]), explainedAs: 0)
    }
  }
}
