import SaliencyCore
import TestSupport

/// A random network of everything that is fused and everything that must not be.
struct RandomNetwork {
  var graph = Graph()
  let input: NodeID
  var score: NodeID
  private let seed: UInt64
  private var drawn: UInt64 = 0

  init(seed: UInt64) throws {
    self.seed = seed
    input = try graph.addInput(named: "input", shape: [8, 7, 3])
    score = input
    var maps = [input]
    for i in 0..<(6 + Int(seed % 14)) {
      maps.append(try layer(i, maps))
    }
    // Everything that nobody reads flows into the score, so that the whole network is on the way.
    let loose = maps.filter { graph.consumers(of: $0).isEmpty }
    let means = try loose.enumerated().map {
      try graph.add(GlobalAveragePool2D(), named: "mean\($0.offset)", inputs: [$0.element])
    }
    let all = means.count == 1 ? means[0] : try graph.add(Concatenate(), named: "means", inputs: means)
    let width = graph[all].shape[0]
    let hidden = try graph.add(
      Dense(kernel: weights([width, 9]), bias: weights([9])), named: "hidden.linear", inputs: [all])
    let fired = try graph.add(ReLU(), named: "hidden", inputs: [hidden])
    score = try graph.add(
      Dense(kernel: weights([9, 4]), bias: weights([4])), named: "score", inputs: [fired])
  }

  private mutating func draw(_ count: Int) -> Int {
    drawn += 1
    return Int(CounterRandom(seed: drawn, path: seed).uniform(0..<1, shape: [1])[0] * Float(count)) % count
  }

  private mutating func weights(_ shape: Shape) -> Tensor {
    drawn += 1
    return CounterRandom(seed: drawn, path: seed).normal(shape: shape) * 0.4
  }

  private mutating func layer(_ i: Int, _ maps: [NodeID]) throws -> NodeID {
    let source = draw(3) == 0 ? maps[draw(maps.count)] : maps[maps.count - 1]
    let channels = graph[source].shape[2]
    switch draw(14) {
    case 0, 1, 2:
      let (kernel, filters) = (1 + 2 * draw(2), [4, 5, 16, 19, 32, 48][draw(6)])
      let layer = Conv2D(
        kernel: weights([kernel, kernel, channels, filters]), bias: draw(2) == 0 ? nil : weights([filters]),
        padding: .same)
      return try graph.add(layer, named: "conv\(i)", inputs: [source])
    case 3:
      let layer = DepthwiseConv2D(
        kernel: weights([3, 3, channels, 1]), bias: weights([channels]), padding: .same)
      return try graph.add(layer, named: "depthwise\(i)", inputs: [source])
    case 4, 5:
      let spread = weights([channels]).map { 0.5 + abs($0) }
      let layer = BatchNormalization(
        gamma: weights([channels]), beta: weights([channels]), mean: weights([channels]), variance: spread)
      return try graph.add(layer, named: "norm\(i)", inputs: [source])
    case 6: return try graph.add(ReLU(), named: "relu\(i)", inputs: [source])
    case 7: return try graph.add(ReLU(maximum: 0.5), named: "relu6_\(i)", inputs: [source])
    case 8:
      let others = maps.filter { graph[$0].shape == graph[source].shape }
      return try graph.add(Merge(.add), named: "add\(i)", inputs: [source, others[draw(others.count)]])
    case 9:
      let others = maps.filter { graph[$0].shape[0] == graph[source].shape[0] }
      let parts = [source, others[draw(others.count)], others[draw(others.count)]]
      return try graph.add(Concatenate(), named: "concat\(i)", inputs: parts)
    case 10:
      // Groups that share a word of reluMask, and such that do not.
      guard let groups = [[2, 4], [4, 2]][draw(2)].first(where: { channels % $0 == 0 }) else { fallthrough }
      let layer = Conv2D(
        kernel: weights([3, 3, channels / groups, [8, 32, 64][draw(3)]]), padding: .same, groups: groups)
      return try graph.add(layer, named: "grouped\(i)", inputs: [source])
    case 11: return try graph.add(Activation.silu, named: "silu\(i)", inputs: [source])
    case 12:
      let others = maps.filter { graph[$0].shape == graph[source].shape }
      return try graph.add(
        Merge(.multiply), named: "product\(i)", inputs: [source, others[draw(others.count)]])
    default:
      let (window, stride) = (2 + draw(2), 1 + draw(2))
      let layer = MaxPool2D(window, window, strides: (stride, stride), padding: .same)
      return try graph.add(layer, named: "pool\(i)", inputs: [source])
    }
  }

  var everything: [NodeID] { graph.nodes.map(\.id) }
}
