internal import SaliencyCore

/// What the machinery around the kernels takes for each node, in seconds.
///
/// The time of a long chain of convolutions over one pixel of one channel, divided by its length: nothing in it can be
/// fused, and the kernels have next to nothing to do.
struct NodeOverhead: Encodable {
  let forward: Double
  let backward: Double

  static let length = 500

  static func measure(repeating count: Int = 21) throws -> NodeOverhead {
    var graph = Graph()
    let input = try graph.addInput(named: "input", shape: [1, 1, 1])
    var last = input
    let layer = Conv2D(kernel: Tensor(repeating: 1, shape: [1, 1, 1, 1]), bias: nil)
    for i in 0..<length { last = try graph.add(layer, named: "node\(i)", inputs: [last]) }
    let one = Tensor(repeating: 1, shape: [1, 1, 1, 1])
    var (forward, backward): ([Double], [Double]) = ([], [])
    for _ in 0..<count {
      var tape: Tape?
      forward.append(try Timing.seconds { tape = try Tape(graph, feeding: [one], upTo: [last]) })
      backward.append(try Timing.seconds { _ = try tape?.pullback([last: one], to: [input]) })
    }
    return NodeOverhead(
      forward: Timing.median(of: forward.sorted()) / Double(length),
      backward: Timing.median(of: backward.sorted()) / Double(length))
  }
}
