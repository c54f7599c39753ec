import TestSupport
import Testing

@testable import SaliencyCore

/// Maps that are pooled in place, against the layers one by one.
@Suite struct PooledConvolutionTests {
  private struct Case {
    let graph: Graph
    let images: Tensor
    let input, map, pool, score: NodeID

    init(_ network: PooledNetwork, images count: Int = 1) throws {
      graph = try network.built().graph
      images = network.images(count)
      input = graph.inputs[0]
      (map, pool, score) = (try graph.find("map"), try graph.find("pool"), try graph.find("score"))
    }

    func tape(_ outputs: [NodeID]? = nil, from first: [NodeID]? = nil) throws -> Tape {
      try Tape(graph, feeding: [images], upTo: outputs ?? [score], from: first)
    }

    /// Every layer by itself.
    func oneByOne() throws -> Tape { try tape(graph.nodes.map(\.id)) }

    func seed(_ node: NodeID) -> Tensor {
      CounterRandom(seed: 7, path: UInt64(node.index)).normal(
        shape: graph[node].shape.batched(images.batchSize))
    }

    /// Whether a plan pools the map in place.
    func poolsInPlace(_ outputs: [NodeID], _ record: ForwardPlan.Record) -> Bool {
      graph.plans.forward(.init(outputs: outputs, record: record), in: graph).steps.contains {
        if case .chain(let chain) = $0.work { chain.pool != nil } else { false }
      }
    }
  }

  @Test(arguments: PooledNetwork.all)
  func valuesAndGradientsAreThoseOfTheLayers(_ network: PooledNetwork) throws {
    let pooled = try Case(network)
    #expect(
      pooled.poolsInPlace([pooled.score], .nothing)
        && pooled.poolsInPlace([pooled.score], .behind([pooled.input])))
    #expect(!pooled.poolsInPlace([pooled.score], .everything))
    let (long, plain) = (try pooled.oneByOne(), try pooled.tape())
    let short = try pooled.tape(from: [pooled.input])
    let alone = try Tape.values(of: [pooled.score], in: pooled.graph, feeding: [pooled.images])[0]
    #expect(alone.isIdentical(to: long[pooled.score]) && short[pooled.score].isIdentical(to: alone))
    for (name, rules) in FusionTests.rules {
      let wanted = try long.pullback(
        [pooled.score: pooled.seed(pooled.score)], to: pooled.graph.nodes.map(\.id), rules: rules)
      let gradient = try #require(wanted[pooled.input])
      for tape in [plain, short] {
        let found = try tape.pullback(
          [pooled.score: pooled.seed(pooled.score)], to: [pooled.input], rules: rules)
        #expect(try #require(found[pooled.input]).isIdentical(to: gradient), "\(name)")
        #expect(found.matches == wanted.matches && found.nonlinearities == wanted.nonlinearities, "\(name)")
      }
    }
    #expect(!short.hasRecomputed)
  }

  /// The map is not stored: whoever asks for it has it computed.
  @Test(arguments: PooledNetwork.all)
  func valuesThatWereNotStoredCanBeAskedFor(_ network: PooledNetwork) throws {
    let pooled = try Case(network)
    let (long, short) = (try pooled.oneByOne(), try pooled.tape(from: [pooled.input]))
    #expect(!short.hasRecomputed)
    #expect(short[pooled.map].isIdentical(to: long[pooled.map]))
    #expect(short.hasRecomputed == Execution.fusesLayers)
    for node in pooled.graph.nodes { #expect(short[node.id].isIdentical(to: long[node.id]), "\(node.name)") }
  }

  /// Also where a seed or a rule puts a gradient on rows that no window covers.
  @Test(arguments: PooledNetwork.all)
  func gradientsMayBeginAndEndAtTheMap(_ network: PooledNetwork) throws {
    let pooled = try Case(network, images: 2)
    let (long, short) = (try pooled.oneByOne(), try pooled.tape(from: [pooled.input]))
    let everything = pooled.graph.nodes.map(\.id)
    let spread = RuleMap {
      Apply(to: MaxPool2D.self) { signal, step in
        [Tensor(repeating: signal[0], shape: step.inputShapes[0]) + 1]
      }
    }
    for seeded in [
      [pooled.score], [pooled.map], [pooled.score, pooled.map], [pooled.pool], [pooled.score, pooled.pool],
    ] {
      let seeds = Dictionary(uniqueKeysWithValues: seeded.map { ($0, pooled.seed($0)) })
      for rules in seeded == [pooled.map] ? [RuleMap.gradient] : [.gradient, spread] {
        let wanted = try long.pullback(seeds, to: everything, rules: rules)
        for target in pooled.graph.nodes where target.id <= pooled.map {
          let found = try short.pullback(seeds, to: [target.id], rules: rules)
          let what = "\(seeded.map(\.index)) to \(target.name)"
          #expect(try #require(found[target.id]).isIdentical(to: #require(wanted[target.id])), "\(what)")
        }
      }
    }
    #expect(!short.hasRecomputed)
  }

  @Test(arguments: PooledNetwork.all)
  func aTapeFromTheMapOnKeepsWhatItNeeds(_ network: PooledNetwork) throws {
    let pooled = try Case(network)
    let long = try pooled.oneByOne()
    let seeds = [pooled.score: pooled.seed(pooled.score)]
    let wanted = try long.pullback(seeds, to: pooled.graph.nodes.map(\.id))
    for first in [pooled.map, pooled.pool] {
      let short = try pooled.tape(from: [first])
      let found = try short.pullback(seeds, to: [first])
      #expect(try #require(found[first]).isIdentical(to: #require(wanted[first])) && !short.hasRecomputed)
      let further = try short.pullback(seeds, to: [pooled.input])
      #expect(try #require(further[pooled.input]).isIdentical(to: #require(wanted[pooled.input])))
    }
  }

  @Test(arguments: PooledNetwork.all)
  func threadsAndBatchesChangeNoBit(_ network: PooledNetwork) throws {
    let before = Execution.threads
    defer { Execution.threads = before }
    let three = try Case(network, images: 3)
    let signal = three.seed(three.score)
    func answers(_ images: Range<Int>) throws -> [Tensor] {
      let tape = try Tape(
        three.graph, feeding: [three.images.samples(images)], upTo: [three.score], from: [three.input])
      let found = try tape.pullback([three.score: signal.samples(images)], to: [three.input])
      let scores = try Tape.values(
        of: [three.score], in: three.graph, feeding: [three.images.samples(images)])[0]
      return [tape[three.score], scores, try #require(found[three.input])]
    }
    let whole = try answers(0..<3)
    for threads in [1, 2, 4] {
      Execution.threads = threads
      for n in 0..<3 {
        let single = try answers(n..<(n + 1))
        let same = zip(single, whole).allSatisfy { $0.isIdentical(to: $1.sample(n)) }
        #expect(same, "image \(n) on \(threads) threads")
      }
      let again = try answers(0..<3)
      #expect(zip(again, whole).allSatisfy { $0.isIdentical(to: $1) }, "\(threads) threads")
    }
  }

  @Test func aMapThatIsAskedForIsStored() throws {
    let pooled = try Case(PooledNetwork())
    for record in [ForwardPlan.Record.nothing, .behind([pooled.input])] {
      #expect(!pooled.poolsInPlace([pooled.score, pooled.map], record))
      #expect(pooled.poolsInPlace([pooled.score, pooled.pool], record))
    }
    let both = try pooled.tape([pooled.score, pooled.map], from: [pooled.input])
    #expect(try both[pooled.map].isIdentical(to: pooled.oneByOne()[pooled.map]) && !both.hasRecomputed)
    // What lies before the map ends the chain, and the map is not a convolution's.
    let normalised = try Case(PooledNetwork(isNormalised: true))
    let conv = try normalised.graph.find("conv")
    #expect(!normalised.poolsInPlace([normalised.score, conv], .nothing))
  }

  @Test func aMapWithTwoReadersIsStored() throws {
    var net = try PooledNetwork().built()
    let (score, map) = (net.last, try net.graph.find("map"))
    let branch = try net.add(GlobalAveragePool2D(), named: "branch", inputs: [map])
    try net.dense("other score", units: 3)
    let sum = try net.add(Merge(.add), named: "sum", inputs: [score, net.last])
    let images = PooledNetwork().images(1)
    let graph = net.graph
    for (outputs, isPooled) in [([score], true), ([sum], false), ([score, branch], false)] {
      let steps = graph.plans.forward(.init(outputs: outputs, record: .behind(graph.inputs)), in: graph).steps
      #expect(steps.contains { $0.node.name == "map" } == !isPooled)
    }
    let long = try Tape(graph, feeding: [images], upTo: graph.nodes.map(\.id))
    let short = try Tape(graph, feeding: [images], upTo: [sum], from: graph.inputs)
    let seeds = [sum: Tensor(repeating: 1, shape: [1, 3])]
    let (a, b) = (
      try short.pullback(seeds, to: graph.inputs), try long.pullback(seeds, to: graph.nodes.map(\.id))
    )
    #expect(
      try #require(a[graph.inputs[0]]).isIdentical(to: #require(b[graph.inputs[0]])) && !short.hasRecomputed
    )
  }

  /// What cannot be pooled in place is pooled all the same.
  @Test func whereItDoesNotPayOrCannotBeDoneTheMapIsStored() throws {
    for network in [
      PooledNetwork(size: [40, 40, 3]), PooledNetwork(pool: MaxPool2D(2, 2, strides: (3, 3))),
      // Winograd's.
      PooledNetwork(size: [97, 90, 16]),
    ] {
      let pooled = try Case(network)
      #expect(!pooled.poolsInPlace([pooled.score], .behind([pooled.input])), "\(network)")
    }
  }
}
