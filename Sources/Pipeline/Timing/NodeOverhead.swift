internal import SaliencyCore

/// The time outside of the kernels for each node, in seconds.
///
/// It is the time of a long chain of convolutions over one pixel of one channel, divided by its length. None of them can be
/// fused, and the kernels take almost no time.
public struct NodeOverhead: Sendable, Encodable {
  /// Of the forward pass.
  public let forward: Double
  /// Of the backward pass.
  public let backward: Double

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
