import SaliencyCore
import TestSupport
import Testing

/// Fused layers against the same layers one by one: whatever is asked for by name is not fused.
@Suite struct FusionTests {
  static let rules: [(name: String, map: RuleMap)] = [
    ("gradient", .gradient),
    ("guided", RuleMap { Apply(RectifierRule.guided, to: ReLU.self) }),
    ("deconvolution", RuleMap { Apply(RectifierRule.deconvolution, to: ReLU.self) }),
    ("closure", RuleMap { Apply(to: ReLU.self) { signal, step in step.pullback(signal.positivePart) } }),
    ("norms", RuleMap { Apply(to: BatchNormalization.self) { signal, step in step.pullback(signal * 2) } }),
    (
      "sums",
      RuleMap { Apply(to: Merge.self, Concatenate.self) { signal, step in step.pullback(signal * 0.5) } }
    ),
  ]

  @Test(arguments: 0..<120 as Range<UInt64>)
  func fusionChangesNoBit(_ seed: UInt64) throws {
    let network = try RandomNetwork(seed: seed)
    let batch = CounterRandom(seed: seed, path: 2).normal(shape: [2, 8, 7, 3])
    let fused = try Tape(network.graph, feeding: [batch], upTo: [network.score])
    let plain = try Tape(network.graph, feeding: [batch], upTo: network.everything)
    let signal = CounterRandom(seed: seed, path: 3).normal(shape: [2, 4])
    for (name, rules) in Self.rules {
      let short = try fused.pullback([network.score: signal], to: [network.input], rules: rules)
      let long = try plain.pullback([network.score: signal], to: network.everything, rules: rules)
      let (a, b) = (try #require(short[network.input]), try #require(long[network.input]))
      #expect(a.isIdentical(to: b), "\(name), seed \(seed)")
      #expect(
        short.matches == long.matches && short.nonlinearities == long.nonlinearities, "\(name), seed \(seed)")
    }
    // Last, because values that were not stored are now computed and kept.
    for node in network.graph.nodes {
      #expect(fused[node.id].isIdentical(to: plain[node.id]), "\(node.name), seed \(seed)")
    }
  }

  @Test(arguments: 0..<120 as Range<UInt64>)
  func scoresWithoutATapeAreTheSame(_ seed: UInt64) throws {
    let network = try RandomNetwork(seed: seed)
    let batch = CounterRandom(seed: seed, path: 2).normal(shape: [2, 8, 7, 3])
    let model = Model(name: "random", graph: network.graph, input: network.input, output: network.score)
    let tape = try model.record(batch, upTo: [network.score])
    #expect(try model.scores(batch).isIdentical(to: tape[network.score]), "seed \(seed)")
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func innerTargetsSeedsAndParametersAreTheSame(_ seed: UInt64) throws {
    let network = try RandomNetwork(seed: seed)
    let batch = CounterRandom(seed: seed, path: 2).normal(shape: [3, 8, 7, 3])
    let fused = try Tape(network.graph, feeding: [batch], upTo: [network.score])
    let plain = try Tape(network.graph, feeding: [batch], upTo: network.everything)
    let inner = network.graph.nodes[network.graph.nodes.count / 2].id
    let seeds = [
      network.score: CounterRandom(seed: seed, path: 3).normal(shape: [3, 4]),
      inner: CounterRandom(seed: seed, path: 4).normal(shape: plain[inner].shape),
    ]
    for target in network.everything {
      let short = try fused.pullback(seeds, to: [target])[target]
      let long = try plain.pullback(seeds, to: [target] + network.everything)[target]
      switch (short, long) {
      case (nil, nil): break
      case (let a?, let b?): #expect(a.isIdentical(to: b), "at \(network.graph[target].name), seed \(seed)")
      default: Issue.record("only one gradient at \(network.graph[target].name), seed \(seed)")
      }
    }
    let short = try fused.pullback(seeds, to: [network.input], ofParameters: true)
    let long = try plain.pullback(seeds, to: network.everything, ofParameters: true)
    for node in network.graph.nodes {
      guard let gradients = long.parameters(of: node) else { continue }
      let found = try #require(short.parameters(of: node))
      let same = zip(gradients, found).allSatisfy { $0.isIdentical(to: $1) }
      #expect(same && found.count == gradients.count, "\(node.name), seed \(seed)")
    }
  }

  /// What lies before a node is let go; whoever asks for it gets it none the less.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func aTapeFromANodeOnIsTheSame(_ seed: UInt64) throws {
    let network = try RandomNetwork(seed: seed)
    let nodes = network.graph.nodes
    let first = nodes[Int(seed) % nodes.count].id
    let batch = CounterRandom(seed: seed, path: 2).normal(shape: [2, 8, 7, 3])
    let whole = try Tape(network.graph, feeding: [batch], upTo: [network.score, first])
    let tail = { try Tape(network.graph, feeding: [batch], upTo: [network.score, first], from: [first]) }
    let signal = CounterRandom(seed: seed, path: 3).normal(shape: [2, 4])
    for (name, rules) in Self.rules {
      for target in [first, network.input] {
        let short = try tail().pullback([network.score: signal], to: [target], rules: rules)
        let long = try whole.pullback([network.score: signal], to: [target], rules: rules)
        let (a, b) = (try #require(short[target]), try #require(long[target]))
        #expect(a.isIdentical(to: b), "\(name), seed \(seed)")
        #expect(short.matches == long.matches && short.nonlinearities == long.nonlinearities)
      }
    }
    let looked = try tail()
    for node in nodes {
      #expect(looked.contains(node.id) && looked[node.id].isIdentical(to: whole[node.id]), "\(node.name)")
    }
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func threadsAndBatchesChangeNoBit(_ seed: UInt64) throws {
    let network = try RandomNetwork(seed: seed)
    let batch = CounterRandom(seed: seed, path: 2).normal(shape: [5, 8, 7, 3])
    func gradient(_ batch: Tensor) throws -> Tensor {
      let tape = try Tape(network.graph, feeding: [batch], upTo: [network.score])
      let seed = Tensor(repeating: 1, shape: tape[network.score].shape)
      return try #require(try tape.pullback([network.score: seed], to: [network.input])[network.input])
    }
    let whole = try gradient(batch)
    let cut = Tensor(concatenating: try [0..<1, 1..<4, 4..<5].map { try gradient(batch.samples($0)) })
    #expect(whole.isIdentical(to: cut))
    let before = Execution.threads
    defer { Execution.threads = before }
    for threads in [1, 2, 4] {
      Execution.threads = threads
      #expect(try gradient(batch).isIdentical(to: whole), "\(threads) threads")
    }
  }
}
