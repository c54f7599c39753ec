import TestSupport
import Testing

@testable import SaliencyCore

/// The plain passes, layer by layer, against the fused ones: the same bits.
///
/// `SALIENCY_FUSION=off` runs every other test on the plain passes.
@Suite struct PlainPassesTests {
  @Test(arguments: 0..<60 as Range<UInt64>)
  func everyValueIsTheSame(_ seed: UInt64) throws {
    let network = try RandomNetwork(seed: seed)
    let batch = CounterRandom(seed: seed, path: 2).normal(shape: [2, 8, 7, 3])
    let plain = ForwardPass(network.graph, feeds: [batch], outputs: [network.score]).saved
    let fused = try Tape(network.graph, feeding: [batch], upTo: [network.score])
    for node in network.graph.nodes {
      #expect(try #require(plain[node.id]?.value).isIdentical(to: fused[node.id]), "\(node.name)")
    }
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func everySignalIsTheSame(_ seed: UInt64) throws {
    let network = try RandomNetwork(seed: seed)
    let batch = CounterRandom(seed: seed, path: 2).normal(shape: [2, 8, 7, 3])
    let tape = try Tape(network.graph, feeding: [batch], upTo: [network.score])
    let inner = network.everything[Int(seed) % network.everything.count]
    let seeds = [network.score: CounterRandom(seed: seed, path: 3).normal(shape: [2, 4])]
    for ofParameters in [false, true] {
      let request = BackwardPlan.Request(
        seeds: [network.score], targets: [inner, network.input], ofParameters: ofParameters)
      for (name, rules) in FusionTests.rules {
        var plain = BackwardWalk(tape, seeds: seeds, rules: rules, request: request)
        var fused = FusedBackwardWalk(tape, seeds: seeds, rules: rules, request: request)
        let (a, b) = (try plain.run(), try fused.run())
        for node in request.targets {
          let (x, y) = (try #require(a[node]), try #require(b[node]))
          #expect(x.isIdentical(to: y), "\(name), \(network.graph[node].name)")
        }
        #expect(a.matches == b.matches && a.nonlinearities == b.nonlinearities, "\(name)")
        for node in network.graph.nodes {
          let (x, y) = (a.parameters(of: node) ?? [], b.parameters(of: node) ?? [])
          #expect(x.count == y.count && zip(x, y).allSatisfy { $0.isIdentical(to: $1) }, "\(node.name)")
        }
      }
    }
  }
}
