import TestSupport
import Testing

@testable import SaliencyCore

/// A tape that keeps what gradients read, against one that keeps everything.
@Suite struct RetentionTests {
  private struct Tapes {
    let network: RandomNetwork
    let plain: Tape
    private let batch: Tensor

    init(seed: UInt64, samples: Int = 2) throws {
      network = try RandomNetwork(seed: seed)
      batch = CounterRandom(seed: seed, path: 2).normal(shape: [samples, 8, 7, 3])
      // Every node by itself: nothing is fused, so no kernel notes or reads reluMask.
      plain = try Tape(network.graph, feeding: [batch], upTo: network.everything)
    }

    /// A new tape that keeps what the way back to `first` reads.
    func short(from first: [NodeID]? = nil) throws -> Tape {
      try Tape(network.graph, feeding: [batch], upTo: [network.score], from: first ?? [network.input])
    }

    func signal(_ node: NodeID, path: UInt64) -> Tensor {
      CounterRandom(seed: UInt64(node.index), path: path).normal(shape: plain[node].shape)
    }
  }

  @Test(arguments: 0..<160 as Range<UInt64>)
  func gatesSayAllThatAGradientReads(_ seed: UInt64) throws {
    let tapes = try Tapes(seed: seed)
    let (network, short) = (tapes.network, try tapes.short())
    let seeds = [network.score: tapes.signal(network.score, path: 3)]
    for (name, rules) in FusionTests.rules {
      let kept = try short.pullback(seeds, to: [network.input], rules: rules)
      let all = try tapes.plain.pullback(seeds, to: network.everything, rules: rules)
      let (a, b) = (try #require(kept[network.input]), try #require(all[network.input]))
      #expect(a.isIdentical(to: b), "\(name), seed \(seed)")
      #expect(
        kept.matches == all.matches && kept.nonlinearities == all.nonlinearities, "\(name), seed \(seed)")
      #expect(!short.hasRecomputed, "\(name), seed \(seed)")
    }
    for node in network.graph.nodes {
      #expect(short[node.id].isIdentical(to: tapes.plain[node.id]), "\(node.name), seed \(seed)")
    }
  }

  /// Wherever a gradient is put in and wherever it is taken out.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func innerTargetsAndSeedsAreTheSame(_ seed: UInt64) throws {
    let tapes = try Tapes(seed: seed, samples: 3)
    let (network, short) = (tapes.network, try tapes.short())
    for inner in network.graph.nodes where inner.layer != nil && inner.id != network.score {
      let seeds = [
        network.score: tapes.signal(network.score, path: 3),
        inner.id: tapes.signal(inner.id, path: 4),
      ]
      let target = network.everything[(inner.id.index * 7 + Int(seed)) % network.everything.count]
      for rules in [RuleMap.gradient, RuleMap { Apply(RectifierRule.guided, to: ReLU.self) }] {
        let kept = try short.pullback(seeds, to: [target, network.input], rules: rules)
        let all = try tapes.plain.pullback(seeds, to: network.everything, rules: rules)
        for node in [target, network.input] {
          let what = "\(inner.name) to \(network.graph[node].name), seed \(seed)"
          // A target that reads nothing of a seed has no gradient on either tape.
          #expect((kept[node] == nil) == (all[node] == nil), "\(what)")
          if let a = kept[node], let b = all[node] { #expect(a.isIdentical(to: b), "\(what)") }
        }
      }
    }
    #expect(!short.hasRecomputed, "seed \(seed)")
  }

  @Test(arguments: 0..<30 as Range<UInt64>)
  func gradientsOfParametersReadValuesAndGetThem(_ seed: UInt64) throws {
    let tapes = try Tapes(seed: seed)
    let (network, short) = (tapes.network, try tapes.short())
    let seeds = [network.score: tapes.signal(network.score, path: 3)]
    let kept = try short.pullback(seeds, to: [network.input], ofParameters: true)
    let all = try tapes.plain.pullback(seeds, to: network.everything, ofParameters: true)
    for node in network.graph.nodes {
      guard let gradients = all.parameters(of: node) else { continue }
      let found = try #require(kept.parameters(of: node))
      let same = zip(gradients, found).allSatisfy { $0.isIdentical(to: $1) }
      #expect(same && found.count == gradients.count, "\(node.name), seed \(seed)")
    }
    #expect(
      short.hasRecomputed == Execution.fusesLayers, "a dense layer's weights are multiplied by its input")
  }

  /// A way back that ends later reads less, and gets the rest where it goes further after all.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func aTapeFromAnInnerNodeKeepsEnough(_ seed: UInt64) throws {
    let tapes = try Tapes(seed: seed)
    let network = tapes.network
    let first = network.everything[Int(seed) * 5 % network.everything.count]
    let seeds = [network.score: tapes.signal(network.score, path: 3)]
    for (name, rules) in FusionTests.rules {
      let short = try tapes.short(from: [first])
      let all = try tapes.plain.pullback(seeds, to: network.everything, rules: rules)
      for node in [first, network.input] {
        let kept = try short.pullback(seeds, to: [node], rules: rules)
        let (a, b) = (try #require(kept[node]), try #require(all[node]))
        #expect(a.isIdentical(to: b), "\(name) to \(network.graph[node].name), seed \(seed)")
        if node == first { #expect(!short.hasRecomputed, "\(name), seed \(seed)") }
      }
    }
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func threadsChangeNoBit(_ seed: UInt64) throws {
    let before = Execution.threads
    defer { Execution.threads = before }
    let tapes = try Tapes(seed: seed, samples: 5)
    let network = tapes.network
    let seeds = [network.score: tapes.signal(network.score, path: 3)]
    let wanted = try #require(try tapes.plain.pullback(seeds, to: network.everything)[network.input])
    for threads in [1, 2, 4] {
      Execution.threads = threads
      let found = try tapes.short().pullback(seeds, to: [network.input])[network.input]
      #expect(try #require(found).isIdentical(to: wanted), "\(threads) threads, seed \(seed)")
    }
  }
}
