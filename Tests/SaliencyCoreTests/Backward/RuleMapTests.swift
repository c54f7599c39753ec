import TestSupport
import Testing

@testable import SaliencyCore

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
    func read(_ rules: RuleMap) throws -> [Float]? {
      try tape.pullback([score: Tensor(repeating: 1, shape: [1, 1])], to: [input], rules: rules)[input]?
        .scalars
    }
    let guided = RuleMap { Apply(to: ReLU.self) { signal, step in step.pullback(signal.positivePart) } }
    let deconvolution = RuleMap { Apply(to: ReLU.self) { signal, _ in [signal.positivePart] } }
    #expect(try read(.gradient) == [1, 0, -1])
    #expect(try read(guided) == [1, 0, 0])
    #expect(try read(deconvolution) == [1, 1, 0])
    #expect(try read(.gradient) == [1, 0, -1])
  }

  @Test func theFirstEntryThatMatchesDecides() throws {
    let (tape, input, score) = try tape()
    let rules = RuleMap {
      Apply("the layer called relu", Constant(7), where: { $0.name == "relu" })
      Apply(Constant(8), to: ReLU.self, Dense.self)
    }
    let found = try tape.pullback([score: Tensor(repeating: 1, shape: [1, 1])], to: [input], rules: rules)
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
    let request = try AttributionRequest(model, inputs: Tensor(repeating: 0.3, shape: [1, 4]))
    let error = #expect(throws: GraphError.self) { try request.pullback(to: [model.input], rules: rules) }
    #expect(
      error?.description
        == "the rule for ReLU matched no layer between the score and the target of the pass (nonlinear layers there: "
        + "1 silu, 2 tanh), so the result would be the plain gradient; use `gradient`")
  }

  // MARK: Composites

  /// Which entry decides about each layer of a network: conv1, relu1, pool, conv2, relu2, flatten, dense.
  private func decisions(_ rules: RuleMap) throws -> [String: Int] {
    var net = NetworkBuilder(input: [6, 6, 2])
    try net.convolution("conv1", filters: 3)
    try net.add(MaxPool2D(2, 2), named: "pool")
    try net.convolution("conv2", filters: 4)
    try net.add(Flatten(), named: "flatten")
    try net.dense("dense", units: 2)
    let resolved = ResolvedRules(rules, for: net.graph.nodes, of: net.graph)
    return net.graph.nodes.reduce(into: [:]) { $0[$1.name] = resolved.entry(for: $1) }
  }

  private let rule = Constant(1)

  @Test func rulesAreForFamiliesNamesAndPlaces() throws {
    let composite = RuleMap {
      Apply(rule, to: .first)
      Apply(rule, to: .last)
      Apply(rule, to: .named("conv2*").and(.linear))
      Apply(rule, to: .family((any ElementwiseLayer).self))
      Apply(rule, to: .any.except(.types([Flatten.self])))
    }
    #expect(
      try decisions(composite) == [
        "conv1.linear": 0, "dense": 1, "conv2.linear": 2, "conv1": 3, "conv2": 3, "pool": 4,
      ])
    #expect(
      composite.entries.map(\.subject) == [
        "the first of dense layers and convolutions", "the last of dense layers and convolutions",
        "layers named \"conv2*\" and dense layers and convolutions", "ElementwiseLayer",
        "any layer except Flatten",
      ])
  }

  /// Both branches of a network with two stems have a first layer.
  @Test func firstAndLastAreOfEachBranch() throws {
    let graph = try TinyNetworks.mixed().graph
    let first = LayerSelector.first.prepare(graph)
    let last = LayerSelector.types([ReLU.self]).last.prepare(graph)
    #expect(graph.nodes.filter { first($0) }.map(\.name) == ["stem"])
    #expect(graph.nodes.filter { last($0) }.map(\.name) == ["mixed"])
    var two = NetworkBuilder(input: [4, 4, 2])
    let a = try two.convolution("a", filters: 2, after: two.graph.inputs[0])
    let b = try two.convolution("b", filters: 2, after: two.graph.inputs[0])
    try two.add(Merge(.add), named: "sum", inputs: [a, b])
    try two.convolution("c", filters: 2)
    let stems = LayerSelector.first.prepare(two.graph)
    #expect(two.graph.nodes.filter { stems($0) }.map(\.name) == ["a.linear", "b.linear"])
  }

  @Test(arguments: [
    ("conv*", "conv1_2", true), ("conv?", "conv1", true), ("conv?", "conv12", false),
    ("*_conv", "a_b_conv", true),
    ("*a*b", "xaxbxab", true), ("*a*b", "xaxbxa", false), ("", "", true), ("*", "", true), ("a", "", false),
  ])
  func namesMatchPatterns(_ pattern: String, _ name: String, _ isMatch: Bool) throws {
    var graph = Graph()
    let input = try graph.addInput(named: "in", shape: [1])
    let relu = try graph.add(ReLU(), named: name, inputs: [input])
    #expect(LayerSelector.named(pattern).prepare(graph)(graph[relu]) == isMatch)
  }

  @Test func theBuilderTakesConditionsLoopsAndPresets() throws {
    func composite(hasFirst: Bool, isFlat: Bool?) -> RuleMap {
      RuleMap {
        if hasFirst { Apply(rule, to: .first) }
        for name in ["conv2", "dense"] { Apply(rule, to: .named(name)) }
        if let isFlat, isFlat {
          Apply(rule, to: Flatten.self)
        } else {
          RuleMap { Apply(rule, to: MaxPool2D.self, AveragePool2D.self) }
        }
      }
    }
    #expect(
      try decisions(composite(hasFirst: true, isFlat: true)) == [
        "conv1.linear": 0, "conv2": 1, "dense": 2, "flatten": 3,
      ])
    #expect(try decisions(composite(hasFirst: false, isFlat: nil)) == ["conv2": 0, "dense": 1, "pool": 2])
    let own = composite(hasFirst: false, isFlat: nil).overridden { Apply(rule, to: .linear) }
    #expect(try decisions(own) == ["conv1.linear": 0, "conv2.linear": 0, "dense": 0, "conv2": 1, "pool": 3])
  }

  /// A composite may have rules for layers that this network lacks; a required entry may not.
  @Test func entriesAreOptionalUnlessTheyAreRequired() throws {
    let model = try TinyNetworks.gap()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 1))
    let relu = Apply(RectifierRule.guided, to: ReLU.self)
    let pool = Apply(to: MaxPool2D.self) { signal, step in step.pullback(signal) }
    let found = try request.pullback(to: [model.input], rules: RuleMap(entries: [pool, relu]))
    #expect(found.matches == [0, 2])
    #expect(throws: GraphError.ruleMatchedNothing(rule: "MaxPool2D", nonlinearities: ["ReLU": 2])) {
      try request.pullback(to: [model.input], rules: RuleMap(entries: [pool.required(), relu]))
    }
    #expect(
      throws: GraphError.ruleMatchedNothing(
        rule: "MaxPool2D, layers named \"x\"", nonlinearities: ["ReLU": 2])
    ) {
      try request.pullback(
        to: [model.input], rules: RuleMap(entries: [pool, Apply(rule, to: .named("x"))]))
    }
  }

  @Test func aMapReadsWhatItsRulesRead() {
    let signal = Apply(to: ReLU.self, reads: .signal) { signal, step in step.pullback(signal) }
    #expect(RuleMap.gradient.reads == .signal)
    #expect(RuleMap { Apply(RectifierRule.guided, to: ReLU.self) }.reads == .signal)
    #expect(RuleMap(entries: [signal]).reads == .signal)
    #expect(RuleMap(entries: [signal, Apply(rule, to: ReLU.self)]).reads == .values)
    #expect(RuleMap { Apply(to: ReLU.self) { signal, _ in [signal] } }.reads == .values)
  }

  /// A ReLU that lies before the target of the pass does not count as matched.
  @Test func onlyWhatTheWalkPassesCounts() throws {
    let model = try TinyNetworks.chain(
      [4], [("relu", ReLU()), ("score", Dense(kernel: Tensor(repeating: 1, shape: [4, 2])))])
    let request = try AttributionRequest(model, inputs: Tensor(repeating: 1, shape: [1, 4]))
    let rules = RuleMap { Apply(to: ReLU.self) { signal, _ in [signal] } }
    let relu = try model.graph.find("relu")
    #expect(throws: GraphError.ruleMatchedNothing(rule: "ReLU", nonlinearities: [:])) {
      try request.pullback(to: [relu], rules: rules)
    }
    #expect(try request.pullback(to: [model.input], rules: rules).matches == [1])
  }
}
