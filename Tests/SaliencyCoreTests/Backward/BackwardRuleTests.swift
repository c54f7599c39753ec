import TestSupport
import Testing

@testable import SaliencyCore

/// What a rule or a layer's pullback returns is checked before any kernel reads it.
@Suite struct BackwardRuleTests {
  /// Two ReLUs whose sum is the score, as one convolutional branch each.
  private static func network() throws -> (tape: Tape, graph: Graph, seeds: [NodeID: Tensor]) {
    var net = NetworkBuilder(input: [6, 6, 3])
    let left = try net.convolution("left", filters: 4, after: net.last)
    let right = try net.convolution("right", filters: 4, after: net.graph.inputs[0])
    try net.add(Merge(.add), named: "sum", inputs: [left, right])
    try net.convolution("last", filters: 2)
    let tape = try Tape(
      net.graph, feeding: [CounterRandom(seed: 3).normal(shape: [2, 6, 6, 3])], upTo: [net.last])
    return (tape, net.graph, [net.last: Tensor(repeating: 1, shape: [2, 6, 6, 2])])
  }

  private static func error(_ rules: RuleMap) throws -> RuleError? {
    let (tape, graph, seeds) = try network()
    let fused = #expect(throws: RuleError.self) {
      try tape.pullback(seeds, to: graph.inputs, rules: rules)
    }
    let request = BackwardPlan.Request(
      seeds: seeds.keys.sorted(), targets: graph.inputs, ofParameters: false)
    let plain = #expect(throws: RuleError.self) {
      var walk = BackwardWalk(tape, seeds: seeds, rules: rules, request: request)
      _ = try walk.run()
    }
    #expect(fused == plain)
    return fused
  }

  @Test func tooFewSignalsAreAnError() throws {
    let error = try Self.error(RuleMap { Apply(to: Merge.self) { signal, _ in [signal] } })
    #expect(error == .wrongCount(layer: "sum", rule: "Merge", found: 1, expected: 2))
    #expect(
      error?.description
        == "layer \"sum\", rule for Merge: found 1 signal, expected 2, one for each input of the layer")
  }

  @Test func tooManySignalsAreAnError() throws {
    let error = try Self.error(RuleMap { Apply(to: ReLU.self) { signal, _ in [signal, signal] } })
    #expect(error == .wrongCount(layer: "last", rule: "ReLU", found: 2, expected: 1))
  }

  @Test func aSignalOfAnotherShapeIsAnError() throws {
    let error = try Self.error(
      RuleMap {
        Apply(to: Merge.self) { signal, _ in [signal, Tensor(repeating: 1, shape: [1, 2, 2, 1])] }
      })
    #expect(
      error
        == .wrongShape(
          layer: "sum", rule: "Merge", input: 1, found: [1, 2, 2, 1], expected: [2, 6, 6, 4]))
    #expect(
      error?.description
        == "layer \"sum\", rule for Merge: found a signal of shape (1, 2, 2, 1) for input 2, expected (2, 6, 6, 4)"
    )
  }

  /// Of a batch of two, one sample's signal.
  @Test func aSignalOfAnotherBatchSizeIsAnError() throws {
    let error = try Self.error(RuleMap { Apply(to: ReLU.self) { signal, _ in [signal.sample(0)] } })
    #expect(
      error
        == .wrongShape(
          layer: "last", rule: "ReLU", input: 0, found: [1, 6, 6, 2], expected: [2, 6, 6, 2]))
  }

  /// A layer of one's own whose pullback forgets an input.
  private struct Forgetful: Layer {
    func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape { inputs[0] }
    func callAsFunction(_ inputs: [Tensor]) -> Tensor { inputs[0] + inputs[1] }
    func pullback(_ signal: Tensor, at step: Step) -> [Tensor] { [signal] }
  }

  @Test func aLayersOwnPullbackIsCheckedToo() throws {
    var graph = Graph()
    let input = try graph.addInput(named: "input", shape: [3])
    let other = try graph.add(ReLU(), named: "relu", inputs: [input])
    let sum = try graph.add(Forgetful(), named: "sum", inputs: [input, other])
    let one = Tensor(repeating: 1, shape: [1, 3])
    let tape = try Tape(graph, feeding: [one], upTo: [sum])
    let error = #expect(throws: RuleError.self) { try tape.pullback([sum: one], to: [input]) }
    #expect(error == .wrongCount(layer: "sum", rule: nil, found: 1, expected: 2))
    #expect(
      error?.description
        == "layer \"sum\", its own pullback: found 1 signal, expected 2, one for each input of the layer")
  }

  private struct Inapplicable: Error, Equatable {
    let layer: String
  }

  @Test func aRuleMayThrow() throws {
    let model = try TinyNetworks.gap()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 1))
    let rules = RuleMap { Apply(to: ReLU.self) { _, step in throw Inapplicable(layer: step.name) } }
    #expect(throws: Inapplicable(layer: "conv2")) { try request.inputGradient(rules: rules) }
  }

  /// A rule sees where it is: its node, its graph, and the same node on another tape (DeepLIFT's baseline).
  @Test func aRuleSeesItsNodeAndCanReadAnotherTape() throws {
    let model = try TinyNetworks.gap()
    let images = TinyNetworks.images(for: model, count: 2)
    let baseline = try AttributionRequest(model, inputs: images * 0).tape
    let request = try AttributionRequest(model, inputs: images)
    let rules = RuleMap {
      Apply(to: ReLU.self) { signal, step in
        let node = try #require(step.node)
        let other = try #require(baseline.step(at: node.id))
        let (input, output) = (step.inputs[0] - other.inputs[0], step.output - other.output)
        // The rescale rule: the slope between the two passes.
        return [signal * output.zip(input) { abs($1) < 1e-6 ? 0 : $0 / $1 }]
      }
    }
    let signal = try request.inputGradient(rules: rules).0
    for n in 0..<2 {
      let change = (signal.sample(n) * images.sample(n)).sum
      let scores = baseline[model.score].sample(n)
      let target = try #require(request.targets[n].classIndex)
      let wanted = Double(request.scores[n]) - Double(scores[target])
      #expect(abs(change - wanted) < 1e-4 * max(abs(wanted), 1))
    }
  }
}
