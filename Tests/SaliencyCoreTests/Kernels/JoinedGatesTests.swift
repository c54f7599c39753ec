import TestSupport
import Testing

@testable import SaliencyCore

/// ReLUMask of concatenations: parts that note them beside parts that do not, in every order.
@Suite struct JoinedGatesTests {
  /// What a part of a concatenation may be.
  enum Part: String, CaseIterable {
    /// Rectified convolutions, written in place, of whole words and not.
    case whole, few, capped
    /// The same whose groups share a word.
    case grouped
    /// Nothing that a kernel with an epilogue made.
    case pooled
    /// Rectified, but read by somebody else as well.
    case shared
    /// Not rectified.
    case linear, input
  }

  private static func add(_ part: Part, _ name: String, to net: inout NetworkBuilder) throws -> NodeID {
    let input = net.graph.inputs[0]
    switch part {
    case .whole: return try net.convolution(name, filters: 16, after: input)
    case .few: return try net.convolution(name, filters: 5, after: input)
    case .capped: return try net.convolution(name, filters: 32, after: input, activation: ReLU(maximum: 1))
    case .linear: return try net.convolution(name, filters: 16, after: input, activation: nil)
    case .input: return input
    case .grouped:
      let kernel = net.normal([1, 1, 4, 16])
      try net.add(Conv2D(kernel: kernel, groups: 2), named: name + ".linear", inputs: [input])
      return try net.add(ReLU(), named: name)
    case .pooled:
      try net.add(
        AveragePool2D(3, 3, strides: (1, 1), padding: .same), named: name + ".mean", inputs: [input])
      return try net.add(ReLU(), named: name)
    case .shared:
      let relu = try net.convolution(name, filters: 16, after: input)
      try net.add(GlobalAveragePool2D(), named: name + ".mean")
      return relu
    }
  }

  private static let readers: [any Layer] = [GlobalAveragePool2D(), MaxPool2D(2, 2), Flatten()]

  private struct Network {
    let graph: Graph
    let input, last: NodeID
    let feed = CounterRandom(seed: 5).normal(shape: [2, 4, 4, 8])

    init(_ parts: [Part], reader: Int) throws {
      var net = NetworkBuilder(input: [4, 4, 8])
      let nodes = try parts.enumerated().map { try JoinedGatesTests.add($1, "part\($0)", to: &net) }
      try net.add(Concatenate(), named: "joined", inputs: nodes)
      if reader < 3 {
        try net.add(JoinedGatesTests.readers[reader], named: "reader")
      } else {
        try net.convolution("reader", filters: 4)
      }
      (graph, last, input) = (net.graph, net.last, net.graph.inputs[0])
    }

    /// With what reads the shared parts, so that they have two readers.
    func tape(from first: [NodeID]) throws -> Tape {
      let others = graph.nodes.filter { $0.name.hasSuffix("mean") }.map(\.id)
      return try Tape(graph, feeding: [feed], upTo: [last] + others, from: first)
    }
  }

  @Test(arguments: Part.allCases, Part.allCases)
  func everyMixtureGivesTheSameGradient(_ first: Part, _ second: Part) throws {
    for (third, reader) in Part.allCases.flatMap({ third in (0..<4).map { (third, $0) } }) {
      let net = try Network([first, second, third], reader: reader)
      let everything = net.graph.nodes.map(\.id)
      let long = try Tape(net.graph, feeding: [net.feed], upTo: everything)
      let seeds = [net.last: CounterRandom(seed: 6).normal(shape: long[net.last].shape)]
      for rules in [RuleMap.gradient, RuleMap { Apply(RectifierRule.guided, to: ReLU.self) }] {
        let what = "\(first), \(second), \(third) read by \(reader)"
        let wanted = try #require(try long.pullback(seeds, to: everything, rules: rules)[net.input])
        let short = try net.tape(from: [net.input])
        let found = try short.pullback(seeds, to: [net.input], rules: rules)[net.input]
        #expect(try #require(found).isIdentical(to: wanted) && !short.hasRecomputed, "\(what)")
        // Of the parts, one alone is on the way to the node where reading was to end.
        guard let inner = net.graph.nodes.first(where: { $0.name == "part1.linear" })?.id else { continue }
        let further = try net.tape(from: [inner]).pullback(seeds, to: [net.input], rules: rules)[net.input]
        #expect(try #require(further).isIdentical(to: wanted), "\(what), from the second on")
      }
    }
  }
}
