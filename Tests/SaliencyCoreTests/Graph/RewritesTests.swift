import SaliencyCore
import TestSupport
import Testing

@Suite struct RewritesTests {
  private func scores(_ model: Model, _ images: Tensor) throws -> Tensor {
    try model.record(images, upTo: [model.score])[model.score]
  }

  @Test func mappedParametersChangeTheCopyAlone() throws {
    let model = try TinyNetworks.gap()
    let images = TinyNetworks.images(for: model, count: 2)
    let before = try scores(model, images)
    // The last layer doubled, weights and bias: so is the score.
    let graph = try model.graph.mapParameters { node, parameter in
      node.layerName == "predictions" ? parameter.value * 2 : parameter.value
    }
    #expect(try scores(model.replacingGraph(graph), images).relativeError(to: before * 2) < 1e-6)
    #expect(try scores(model, images) == before)
    #expect(graph.nodes.map(\.name) == model.graph.nodes.map(\.name))
    #expect(graph.nodes.map(\.layerName) == model.graph.nodes.map(\.layerName))
  }

  @Test func aSharedLayerStaysShared() throws {
    let model = try TinyNetworks.mixed()
    var calls: [String] = []
    let graph = try model.graph.mapParameters { node, parameter in
      calls.append("\(node.layerName) \(parameter.name)")
      return CounterRandom(seed: UInt64(calls.count)).normal(shape: parameter.value.shape)
    }
    #expect(calls.count == Set(calls).count)
    func kernel(_ name: String) throws -> Tensor? { (graph[try graph.find(name)].layer as? Conv2D)?.kernel }
    #expect(try kernel("shared") == kernel("shared_1"))
    #expect(try kernel("shared") != kernel("stem"))
    #expect(graph.parameterCount == model.graph.parameterCount)
  }

  /// Layers without parameters are asked about one by one, even where their owner is the same.
  @Test func layersWithoutParametersAreMappedEach() throws {
    var graph = Graph()
    let input = try graph.addInput(named: "input", shape: [6])
    let first = try graph.add(Reshape([2, 3]), named: "block.a", layerName: "block", inputs: [input])
    _ = try graph.add(Reshape([6]), named: "block", layerName: "block", inputs: [first])
    let copy = try graph.mapLayers { _, layer in layer }
    #expect(copy.nodes.map(\.shape) == graph.nodes.map(\.shape))
  }

  @Test func aLayerThatDoesNotFitIsRefused() throws {
    let model = try TinyNetworks.gap()
    let error = #expect(throws: GraphError.self) {
      try model.graph.mapLayers { node, layer in
        node.name == "gap" ? Flatten() : layer
      }
    }
    #expect(
      error?.description
        == "layer \"predictions.linear\": its input has shape (315), wanted 5 in the last axis, as its kernel (5, 3) has"
    )
  }

  @Test func aPooledNetworkTakesAnotherSizeAndAFlattenedOneDoesNot() throws {
    let gap = try TinyNetworks.gap()
    let graph = try gap.graph.resized(gap.input, to: [11, 5, 2])
    let larger = gap.replacingGraph(graph)
    #expect(larger.inputShape == [11, 5, 2])
    #expect(try scores(larger, TinyNetworks.images(for: larger, count: 2)).shape == [2, 3])
    let vgg = try TinyNetworks.vgg()
    let error = #expect(throws: GraphError.self) { try vgg.graph.resized(vgg.input, to: [16, 16, 3]) }
    #expect(
      error?.description
        == "layer \"fc1.linear\": its input has shape (96), wanted 24 in the last axis, as its kernel (24, 7) has"
    )
  }
}
