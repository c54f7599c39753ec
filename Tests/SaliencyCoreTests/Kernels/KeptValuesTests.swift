import TestSupport
import Testing

@testable import SaliencyCore

/// What a forward pass leaves of each node.
@Suite struct KeptValuesTests {
  /// Where the values of a graph's nodes are after a pass, in words.
  private func kept(
    _ net: NetworkBuilder, _ outputs: [NodeID]? = nil, _ record: ForwardPlan.Record? = nil
  ) -> [String: String] {
    let graph = net.graph
    let feed = CounterRandom(seed: 3).normal(shape: graph[graph.inputs[0]].shape.batched(2))
    let pass = FusedForwardPass(
      graph, feeds: [feed], .init(outputs: outputs ?? [net.last], record: record ?? .behind(graph.inputs)))
    var words: [String: String] = [:]
    for node in graph.nodes { words[node.name] = pass.saved[node.id].map(word) ?? "never there" }
    return words
  }

  private func word(_ saved: ActivationStore.Saved) -> String {
    if let part = saved.part {
      return "part \(part.whole.index): \(part.channel) + \(part.channels)"
        + (part.hasMask ? " and mask" : "")
    }
    let kinds = [
      saved.value.map { _ in "value" }, saved.mask.map { _ in "mask" }, saved.argmax.map { _ in "argmax" },
    ].compactMap(\.self)
    return kinds.isEmpty ? "nothing" : kinds.joined(separator: " and ")
  }

  private func chain() throws -> NetworkBuilder {
    var net = NetworkBuilder(input: [8, 8, 3])
    try net.convolution("first", filters: 20)
    try net.add(MaxPool2D(2, 2), named: "pool")
    try net.convolution("second", filters: 6)
    try net.add(AveragePool2D(2, 2), named: "average")
    try net.dense("score", units: 3)
    return net
  }

  @Test func aRectifierLeavesItsGatesAndAPoolingItsWinners() throws {
    let net = try chain()
    #expect(
      kept(net) == [
        "input": "value", "first.linear": "nothing", "first": "mask", "pool": "argmax",
        "second.linear": "nothing", "second": "mask", "average": "nothing", "score": "value",
      ])
  }

  @Test func aPlainTapeLeavesValues() throws {
    let net = try chain()
    #expect(
      kept(net, nil, .everything) == [
        "input": "value", "first.linear": "nothing", "first": "value", "pool": "value and argmax",
        "second.linear": "nothing", "second": "value", "average": "value", "score": "value",
      ])
  }

  @Test func scoresAloneLeaveNothing() throws {
    let net = try chain()
    let left = kept(net, nil, .nothing)
    #expect(left.filter { $0.value != "nothing" } == ["score": "value"])
  }

  @Test func nothingIsLeftBeforeTheNodeWhereReadingEnds() throws {
    let net = try chain()
    let left = kept(net, nil, .behind([try net.graph.find("pool")]))
    #expect(left["first"] == "nothing" && left["pool"] == "nothing" && left["second"] == "mask")
  }

  @Test func whatIsAskedForIsStored() throws {
    let net = try chain()
    let left = kept(net, [net.last, try net.graph.find("first"), try net.graph.find("pool")])
    #expect(left["first"] == "value" && left["pool"] == "value and argmax" && left["second"] == "mask")
  }

  /// Smooth activations and products are differentiated by what they were given.
  @Test func layersThatReadValuesFindThem() throws {
    var net = NetworkBuilder(input: [4, 4, 3])
    let first = try net.convolution("first", filters: 4)
    let second = try net.convolution("second", filters: 4)
    try net.add(Merge(.multiply), named: "product", inputs: [first, second])
    try net.convolution("third", filters: 4, activation: nil)
    try net.add(Activation.silu, named: "silu")
    try net.convolution("last", filters: 4)
    let left = kept(net)
    #expect(left["first"] == "value" && left["second"] == "value" && left["product"] == "value")
    #expect(left["third"] == "value" && left["silu"] == "value" && left["last"] == "value")
    try net.add(GlobalAveragePool2D(), named: "mean")
    #expect(kept(net)["last"] == "mask")
  }

  /// Two branches side by side, of so many channels.
  private func branches(_ a: Int, _ b: Int, groups: Int = 1) throws -> NetworkBuilder {
    var net = NetworkBuilder(input: [4, 4, 8])
    let first = try net.convolution("a", filters: a, after: net.last)
    let kernel = net.normal([1, 1, 8 / groups, b])
    try net.add(Conv2D(kernel: kernel, groups: groups), named: "b.linear", inputs: net.graph.inputs)
    let second = try net.add(ReLU(), named: "b")
    try net.add(Concatenate(), named: "both", inputs: [first, second])
    try net.convolution("last", filters: 4)
    try net.add(GlobalAveragePool2D(), named: "mean")
    return net
  }

  @Test func partsThatBeginWithAWordHaveTheirGatesInTheWholes() throws {
    let net = try branches(32, 7)
    let whole = try net.graph.find("both").index
    let left = kept(net)
    #expect(left["a"] == "part \(whole): 0 + 32 and mask")
    #expect(left["b"] == "part \(whole): 32 + 7 and mask")
    #expect(left["both"] == "mask" && left["last"] == "mask")
  }

  @Test(arguments: [(20, 32, 1), (16, 8, 2), (16, 48, 4)])
  func partsThatShareAWordKeepTheWholesValue(_ a: Int, _ b: Int, _ groups: Int) throws {
    let left = kept(try branches(a, b, groups: groups))
    #expect(left["both"] == "value" && left["last"] == "mask")
  }

  @Test func groupsThatShareAWordKeepTheirValue() throws {
    for (filters, word) in [(24, "value"), (32, "mask")] {
      var net = NetworkBuilder(input: [4, 4, 8])
      try net.add(Conv2D(kernel: net.normal([1, 1, 4, filters]), groups: 2), named: "linear")
      try net.add(ReLU(), named: "relu")
      try net.add(GlobalAveragePool2D(), named: "mean")
      #expect(kept(net)["relu"] == word, "\(filters) filters")
    }
  }

  /// A rectifier after something other than a kernel with an epilogue.
  @Test func aRectifierByItselfKeepsItsValue() throws {
    var net = NetworkBuilder(input: [4, 4, 8])
    try net.add(AveragePool2D(2, 2), named: "average")
    try net.add(ReLU(), named: "relu")
    try net.add(GlobalAveragePool2D(), named: "mean")
    #expect(kept(net)["relu"] == "value" && kept(net)["average"] == "nothing")
  }
}
