import SaliencyCore
import TestSupport
import Testing

@Suite struct GraphTests {
  @Test func aGraphKnowsWhatDependsOnWhat() throws {
    let graph = try TinyNetworks.mixed().graph
    func names(_ reached: [Bool]) -> [String] { graph.nodes.filter { reached[$0.id.index] }.map(\.name) }
    let sum = try graph.find("add")
    #expect(
      names(graph.ancestors(of: [sum])) == ["input", "stem", "relu", "shared", "relu6", "shared_1", "add"])
    #expect(names(graph.descendants(of: [sum])).first == "add")
    #expect(!names(graph.descendants(of: [sum])).contains("branch"))
    #expect(graph.consumers(of: try graph.find("relu")).map { graph[$0].name } == ["shared", "add"])
    #expect(graph.inputs.map { graph[$0].name } == ["input"])
  }

  @Test func aSharedLayerCountsOnce() throws {
    // stem 3*3*3*4+4, shared 3*3*4*4+4 once, branch 3*3*4*3+3, mixed 3*3*7*5+5, predictions 5*3+3.
    #expect(try TinyNetworks.mixed().graph.parameterCount == 112 + 148 + 111 + 320 + 18)
  }

  @Test func layersOfOneNameAndDifferentKindsCountEach() throws {
    var graph = Graph()
    let input = try graph.addInput(named: "input", shape: [5, 5, 2])
    let depthwise = DepthwiseConv2D(kernel: Tensor(repeating: 1, shape: [3, 3, 2, 1]))
    let first = try graph.add(
      depthwise, named: "separable.depthwise", layerName: "separable", inputs: [input])
    let pointwise = Conv2D(kernel: Tensor(repeating: 1, shape: [1, 1, 2, 4]))
    let second = try graph.add(pointwise, named: "separable", layerName: "separable", inputs: [first])
    #expect(graph.parameterCount == 18 + 8)
    let tape = try Tape(graph, feeding: [Tensor(repeating: 1, shape: [1, 5, 5, 2])], upTo: [second])
    let found = try tape.pullback([second: tape[second]], to: [], ofParameters: true)
    #expect(found.parameters(of: graph[first])?.map(\.shape) == [[3, 3, 2, 1]])
    #expect(found.parameters(of: graph[second])?.map(\.shape) == [[1, 1, 2, 4]])
  }

  /// The queries and keys of an attention layer: two dense layers inside one layer of the file.
  private func attention() throws -> (graph: Graph, input: NodeID, query: NodeID, key: NodeID, score: NodeID)
  {
    var graph = Graph()
    let input = try graph.addInput(named: "input", shape: [2])
    func dense(_ value: Float) -> Dense { Dense(kernel: Tensor(repeating: value, shape: [2, 2])) }
    let query = try graph.add(dense(1), named: "a.query", layerName: "a", inputs: [input])
    let key = try graph.add(dense(2), named: "a.key", layerName: "a", inputs: [input])
    let score = try graph.add(Merge(.multiply), named: "a", layerName: "a", inputs: [query, key])
    return (graph, input, query, key, score)
  }

  /// A layer's identity is neither its name nor its type.
  @Test func layersOfOneNameAndKindAreTwo() throws {
    let (graph, _, query, key, score) = try attention()
    #expect(graph.parameterCount == 8)
    #expect(graph[query].layerID != graph[key].layerID && graph[key].isFirstUse)
    let tape = try Tape(graph, feeding: [Tensor(repeating: 1, shape: [1, 2])], upTo: [score])
    let one = Tensor(repeating: 1, shape: [1, 2])
    let found = try tape.pullback([score: one], to: [], ofParameters: true)
    // Each is multiplied by the other's value: 2 and 4.
    #expect(found.parameters(of: graph[query])?[0] == Tensor(repeating: 4, shape: [2, 2]))
    #expect(found.parameters(of: graph[key])?[0] == Tensor(repeating: 2, shape: [2, 2]))
    let changed = try graph.mapParameters { node, parameter in
      node.id == query ? parameter.value * 10 : parameter.value
    }
    #expect(
      (changed[query].layer as? Dense)?.kernel[0] == 10 && (changed[key].layer as? Dense)?.kernel[0] == 2)
    #expect(changed.parameterCount == 8)
  }

  @Test func nodesThatShareALayerHaveItsIdentityWhateverTheirNames() throws {
    var (graph, input, query, _, _) = try attention()
    let layer = try #require(graph[query].layer)
    let again = try graph.add(layer, named: "elsewhere", layerName: "b", sharing: query, inputs: [input])
    #expect(graph[again].layerID == graph[query].layerID && !graph[again].isFirstUse)
    #expect(graph.parameterCount == 8)
    let copy = try graph.mapLayers { _, layer in layer }
    #expect(copy[again].layerID == graph[query].layerID && copy[again].layerName == "b")
    let error = #expect(throws: GraphError.self) {
      try graph.add(ReLU(), named: "relu", sharing: query, inputs: [input])
    }
    #expect(
      error?.description
        == "layer \"relu\": found ReLU, expected Dense, the layer of \"a.query\" that it shares")
  }

  @Test func namesAreUnique() throws {
    var graph = Graph()
    let input = try graph.addInput(named: "input", shape: [4])
    _ = try graph.add(ReLU(), named: "relu", inputs: [input])
    let error = #expect(throws: GraphError.self) { try graph.add(ReLU(), named: "relu", inputs: [input]) }
    #expect(error?.description == "layer \"relu\": two layers have this name; names must be unique")
  }

  @Test func anUnknownNameSuggestsTheNearest() throws {
    let graph = try TinyNetworks.vgg().graph
    let error = #expect(throws: GraphError.self) { try graph.find("block2_conv2") }
    #expect(
      error?.description
        == "no layer is called \"block2_conv2\"; did you mean \"block2_conv1\" or \"block1_conv1\" or \"block2_pool\"?; "
        + "`saliency inspect` lists the layers")
    let far = #expect(throws: GraphError.self) { try graph.find("zzzzzz") }
    #expect(far?.description == "no layer is called \"zzzzzz\"; `saliency inspect` lists the layers")
  }
}
