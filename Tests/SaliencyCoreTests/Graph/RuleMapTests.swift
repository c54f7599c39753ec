import SaliencyCore
import TestSupport
import Testing

@Suite struct RuleMapTests {
  /// x = (2, -1, 3), z = x, y = relu(z), score = y · (1, 1, -1); the gradient at x is 1[x > 0] (1, 1, -1).
  private func tape() throws -> (tape: Tape, input: NodeID, score: NodeID) {
    var graph = Graph()
    let input = try graph.addInput(named: "input", shape: [3])
    let relu = try graph.add(ReLU(), named: "relu", inputs: [input])
    let dense = Dense(kernel: Tensor(shape: [3, 1], scalars: [1, 1, -1]))
    let score = try graph.add(dense, named: "score", inputs: [relu])
    return (
      try Tape(graph, feeding: [Tensor(shape: [1, 3], scalars: [2, -1, 3])], upTo: [score]), input, score
    )
  }

  /// One tape, three ways to read it: the rule is looked up when it is read, not when it was recorded.
  @Test func oneTapeIsReadByThreeRules() throws {
    let (tape, input, score) = try tape()
    func read(_ rules: RuleMap) -> [Float]? {
      tape.pullback([score: Tensor(repeating: 1, shape: [1, 1])], to: [input], rules: rules)[input]?.scalars
    }
    let guided = RuleMap { Apply(to: ReLU.self) { signal, step in step.pullback(signal.positivePart) } }
    let deconvolution = RuleMap { Apply(to: ReLU.self) { signal, _ in [signal.positivePart] } }
    #expect(read(.gradient) == [1, 0, -1])
    #expect(read(guided) == [1, 0, 0])
    #expect(read(deconvolution) == [1, 1, 0])
    #expect(read(.gradient) == [1, 0, -1])
  }

  @Test func theFirstEntryThatMatchesDecides() throws {
    let (tape, input, score) = try tape()
    let rules = RuleMap {
      Apply("the layer called relu", Constant(7), where: { $0.name == "relu" })
      Apply(Constant(8), to: ReLU.self, Dense.self)
    }
    let found = tape.pullback([score: Tensor(repeating: 1, shape: [1, 1])], to: [input], rules: rules)
    #expect(found[input]?.scalars == [7, 7, 7])
    #expect(found.matches == [1, 1])
    #expect(found.nonlinearities == ["ReLU": 1])
  }

  private struct Constant: BackwardRule {
    let value: Float
    init(_ value: Float) { self.value = value }
    func propagate(_ signal: Tensor, through step: Step) -> [Tensor] {
      step.inputs.map { Tensor(repeating: value, shape: $0.shape) }
    }
  }

  @Test func aRuleThatMatchedNothingIsAnErrorNamingTheNonlinearLayers() throws {
    let model = try TinyNetworks.chain(
      [4],
      [
        ("a", Activation.tanh), ("b", Activation.silu), ("c", Activation.tanh),
        ("d", Dense(kernel: Tensor(repeating: 1, shape: [4, 2]))),
      ])
    let rules = RuleMap { Apply(to: ReLU.self) { signal, _ in [signal] } }
    let question = try Explanation(model, inputs: Tensor(repeating: 0.3, shape: [1, 4]))
    let error = #expect(throws: GraphError.self) { try question.pullback(to: [model.input], rules: rules) }
    #expect(
      error?.description
        == "the rule for ReLU matched no layer between the score and the point asked about (nonlinear layers there: "
        + "1 silu, 2 tanh), so the result would be the plain gradient; use `gradient`")
  }

  /// A ReLU that lies before the point asked about does not count as matched.
  @Test func onlyWhatTheWalkPassesCounts() throws {
    let model = try TinyNetworks.chain(
      [4], [("relu", ReLU()), ("score", Dense(kernel: Tensor(repeating: 1, shape: [4, 2])))])
    let question = try Explanation(model, inputs: Tensor(repeating: 1, shape: [1, 4]))
    let rules = RuleMap { Apply(to: ReLU.self) { signal, _ in [signal] } }
    let relu = try model.graph.find("relu")
    #expect(throws: GraphError.ruleMatchedNothing(rule: "ReLU", nonlinearities: [:])) {
      try question.pullback(to: [relu], rules: rules)
    }
    #expect(try question.pullback(to: [model.input], rules: rules).matches == [1])
  }
}
