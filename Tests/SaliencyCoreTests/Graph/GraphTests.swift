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
    let first = try graph.add(depthwise, named: "separable.depthwise", owner: "separable", inputs: [input])
    let pointwise = Conv2D(kernel: Tensor(repeating: 1, shape: [1, 1, 2, 4]))
    let second = try graph.add(pointwise, named: "separable", owner: "separable", inputs: [first])
    #expect(graph.parameterCount == 18 + 8)
    let tape = try Tape(graph, feeding: [Tensor(repeating: 1, shape: [1, 5, 5, 2])], upTo: [second])
    let found = tape.pullback([second: tape[second]], to: [], ofParameters: true)
    #expect(found.parameters(of: graph[first])?.map(\.shape) == [[3, 3, 2, 1]])
    #expect(found.parameters(of: graph[second])?.map(\.shape) == [[1, 1, 2, 4]])
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
