import TestSupport
import Testing

@testable import SaliencyCore

@Suite(.enabled(if: Execution.fusesLayers, "layer by layer, passes have no plans"))
struct PassPlansTests {
  /// Input, convolution, normalisation, rectifier, convolution.
  private struct Chain {
    var graph = Graph()
    let input, conv, norm, relu, last: NodeID

    init() throws {
      let random = CounterRandom(seed: 9)
      input = try graph.addInput(named: "input", shape: [5, 4, 3])
      conv = try graph.add(
        Conv2D(kernel: random.normal(shape: [3, 3, 3, 6])), named: "conv", inputs: [input])
      let ones = Tensor(repeating: 1, shape: [6])
      norm = try graph.add(
        BatchNormalization(gamma: nil, beta: ones, mean: ones * 0.5, variance: ones * 2), named: "norm",
        inputs: [conv])
      relu = try graph.add(ReLU(), named: "relu", inputs: [norm])
      last = try graph.add(
        Conv2D(kernel: random.normal(shape: [1, 1, 6, 2])), named: "last", inputs: [relu])
    }

    let image = CounterRandom(seed: 4).normal(shape: [2, 5, 4, 3])
  }

  private func steps(_ graph: Graph, _ outputs: [NodeID], _ record: ForwardPlan.Record = .everything)
    -> [ForwardStep]
  {
    graph.plans.forward(.init(outputs: outputs, record: record), in: graph).steps
  }

  private func chain(_ step: ForwardStep) throws -> ChainStep {
    guard case .chain(let chain) = step.work else { throw GraphError.duplicateName(step.node.name) }
    return chain
  }

  @Test func theSameRequestIsPlannedOnce() throws {
    let network = try Chain()
    let copy = network.graph
    let (first, second) = (steps(network.graph, [network.last]), steps(copy, [network.last]))
    #expect(first.map(\.node.name) == ["relu", "last"])
    #expect(try chain(first[0]) === chain(second[0]))
    #expect(network.graph.plans.count == 1)
    let tape = try Tape(network.graph, feeding: [network.image], upTo: [network.last])
    let seed = Tensor(repeating: 1, shape: [2, 3, 2, 2])
    for _ in 0..<3 { _ = try tape.pullback([network.last: seed], to: [network.input]) }
    #expect(network.graph.plans.count == 2)
  }

  @Test func whatIsAskedForByNameIsNotFused() throws {
    let network = try Chain()
    let names = { (outputs: [NodeID]) in steps(network.graph, outputs).map(\.node.name) }
    #expect(names([network.last]) == ["relu", "last"])
    #expect(names([network.last, network.norm]) == ["norm", "relu", "last"])
    #expect(names([network.conv, network.last]) == ["conv", "norm", "relu", "last"])
    #expect(names([network.relu]) == ["relu"])
    let image = network.image
    let short = try Tape(network.graph, feeding: [image], upTo: [network.last])
    let long = try Tape(network.graph, feeding: [image], upTo: network.graph.nodes.map(\.id))
    for node in network.graph.nodes { #expect(short[node.id].isIdentical(to: long[node.id])) }
  }

  @Test func valuesGoOnlyWhereNobodyWillLookBack() throws {
    let network = try Chain()
    let done = { steps(network.graph, [network.last], $0).map(\.done) }
    #expect(done(.nothing) == [[network.input], [network.relu]])
    #expect(done(.everything) == [[], []])
    #expect(done(.behind([network.last])) == [[], [network.relu]])
    // The way back reads neither what a convolution was given nor more of a rectifier than its reluMask.
    #expect(done(.behind([network.relu])) == [[], [network.relu]])
    #expect(done(.behind([network.input])) == [[], [network.relu]])
  }

  @Test func aGraphThatGrowsIsPlannedAnewAndItsCopyIsNot() throws {
    var network = try Chain()
    let small = network.graph
    let before = try Tape(small, feeding: [network.image], upTo: [network.last])[network.last]
    // The new node reads what lay inside a chain.
    let branch = try network.graph.add(GlobalAveragePool2D(), named: "branch", inputs: [network.norm])
    #expect(network.graph.plans.count == 0 && small.plans.count == 1)
    let both = try Tape(network.graph, feeding: [network.image], upTo: [network.last, branch])
    #expect(both[network.last].isIdentical(to: before))
    #expect(both[branch].isIdentical(to: GlobalAveragePool2D()([both[network.norm]])))
    #expect(
      steps(network.graph, [network.last, branch]).map(\.node.name) == ["norm", "relu", "last", "branch"])
    #expect(steps(small, [network.last]).map(\.node.name) == ["relu", "last"])
  }

  @Test func twoGraphsThatGrewFromOneHaveTheirOwn() throws {
    let network = try Chain()
    var (a, b) = (network.graph, network.graph)
    let x = try a.add(ReLU(), named: "x", inputs: [network.last])
    let y = try b.add(Softmax(), named: "y", inputs: [network.last])
    #expect(x == y)
    let (left, right) = (
      try Tape(a, feeding: [network.image], upTo: [x])[x],
      try Tape(b, feeding: [network.image], upTo: [y])[y]
    )
    let last = try Tape(network.graph, feeding: [network.image], upTo: [network.last])[network.last]
    #expect(left.isIdentical(to: ReLU()([last])) && right.isIdentical(to: Softmax()([last])))
  }

  @Test func plansOfManyRequestsAreNotAllKept() throws {
    let network = try Chain()
    for i in 0..<40 {
      let outputs = Array(repeating: network.last, count: i + 1)
      let tape = try Tape(network.graph, feeding: [network.image], upTo: outputs)
      _ = try tape.pullback([network.last: tape[network.last]], to: outputs)
    }
    #expect(network.graph.plans.count == 32)
    // What fell out is planned again.
    #expect(steps(network.graph, [network.last]).map(\.node.name) == ["relu", "last"])
  }

  @Test func threadsShareAGraph() async throws {
    let network = try Chain()
    let nodes = network.graph.nodes.map(\.id).filter { $0 != network.input }
    let seed = { @Sendable (id: NodeID) in Tensor(repeating: 1, shape: network.graph[id].shape.batched(2)) }
    let work = { @Sendable (id: NodeID, graph: Graph) throws -> Tensor? in
      let tape = try Tape(graph, feeding: [network.image], upTo: [id])
      return try tape.pullback([id: seed(id)], to: [network.input])[network.input]
    }
    let alone = try nodes.map { try work($0, try Chain().graph) }
    let together = try await withThrowingTaskGroup(of: (Int, Tensor?).self) { group in
      for i in 0..<80 { group.addTask { (i, try work(nodes[i % nodes.count], network.graph)) } }
      return try await group.reduce(into: [(Int, Tensor?)]()) { $0.append($1) }
    }
    for (i, found) in together {
      let wanted = try #require(alone[i % nodes.count])
      #expect(try #require(found).isIdentical(to: wanted))
    }
  }
}
