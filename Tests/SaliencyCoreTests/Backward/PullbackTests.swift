import SaliencyCore
import Synchronization
import TestSupport
import Testing

@Suite struct PullbackTests {
  private func request(_ model: Model, count: Int = 2) throws -> (tape: Tape, seed: Tensor) {
    let tape = try model.record(TinyNetworks.images(for: model, count: count), upTo: [model.output])
    return (tape, CounterRandom(seed: 77).normal(shape: tape[model.score].shape))
  }

  /// A tiny network with its kinks smoothed out, so that finite differences mean something wherever it stands.
  private func smooth(_ model: Model) throws -> Model {
    model.replacingGraph(
      try model.graph.mapLayers { _, layer in
        switch layer {
        case is ReLU: Activation.silu
        case let pool as MaxPool2D: AveragePool2D(pool.window.height, pool.window.width)
        default: layer
        }
      })
  }

  /// The slope of <seed, score> along a random direction, when `node` is replaced by its value plus t times it.
  private func slope(
    _ model: Model, _ tape: Tape, _ seed: Tensor, at node: NodeID, along direction: Tensor
  ) throws -> Double {
    func value(_ t: Float) throws -> Double {
      var values: [NodeID: Tensor] = [node: tape[node] + direction * t]
      let reached = model.graph.descendants(of: [node])
      for other in model.graph.nodes where reached[other.id.index] && other.id != node {
        guard let layer = other.layer else { continue }
        values[other.id] = layer(other.inputs.map { values[$0] ?? tape[$0] })
      }
      return try #require(values[model.score]).dot(seed)
    }
    return try slope(value)
  }

  /// The derivative at 0, with an error of order h^4.
  private func slope(_ value: (Float) throws -> Double) rethrows -> Double {
    func central(_ h: Float) throws -> Double { (try value(h) - value(-h)) / (2 * Double(h)) }
    return (4 * (try central(1.0 / 64)) - (try central(1.0 / 32))) / 3
  }

  /// The gradient at the input and at every intermediate node of a graph with branches, joins and a shared layer.
  @Test(arguments: ["mixed", "gap", "vgg"])
  func everyNodesGradientAgreesWithCentralDifferences(_ name: String) throws {
    let model =
      switch name {
      case "mixed": try smooth(TinyNetworks.mixed())
      case "gap": try smooth(TinyNetworks.gap())
      default: try smooth(TinyNetworks.vgg())
      }
    let (tape, seed) = try request(model)
    let nodes = model.graph.nodes.filter { $0.id <= model.score }
    let found = try tape.pullback([model.score: seed], to: nodes.map(\.id))
    for node in nodes {
      let gradient = try #require(found[node.id], "no gradient at \(node.name)")
      let direction = CounterRandom(seed: 78, path: UInt64(node.id.index)).uniform(
        -1..<1, shape: gradient.shape)
      let measured = try slope(model, tape, seed, at: node.id, along: direction)
      #expect(abs(measured - gradient.dot(direction)) < 2e-4 * gradient.norm, "\(node.name)")
    }
  }

  @Test func parametersOfASharedLayerAreSummedOverItsUses() throws {
    let model = try TinyNetworks.mixed()
    let (tape, seed) = try request(model)
    let found = try tape.pullback([model.score: seed], to: [], ofParameters: true)
    let (once, twice) = (try model.graph.find("shared"), try model.graph.find("shared_1"))
    let sum = try #require(found.parameters(of: model.graph[once]))
    #expect(found.parameters(of: model.graph[twice]) == sum)
    // Each use by itself, from the signals at its output.
    let signals = try tape.pullback([model.score: seed], to: [once, twice])
    let parts = try [once, twice].map { id in
      let layer = try #require(model.graph[id].layer as? any ParametricLayer)
      return layer.parameterPullback(try #require(signals[id]), at: try #require(tape.step(at: id)))
    }
    for i in sum.indices { #expect(sum[i].relativeError(to: parts[0][i] + parts[1][i]) < 1e-6) }
    #expect(parts[0][0].norm > 0 && parts[1][0].norm > 0)
  }

  @Test func everyParametersGradientAgreesWithCentralDifferences() throws {
    let model = try smooth(TinyNetworks.mixed())
    let (tape, seed) = try request(model)
    let found = try tape.pullback([model.score: seed], to: [], ofParameters: true)
    for node in model.graph.nodes {
      guard let layer = node.layer as? any ParametricLayer else { continue }
      let gradients = try #require(found.parameters(of: node))
      for (i, parameter) in layer.parameters.enumerated() {
        let direction = CounterRandom(seed: 79, path: UInt64(i)).uniform(-1..<1, shape: parameter.value.shape)
        func value(_ t: Float) throws -> Double {
          let graph = try model.graph.mapParameters { other, present in
            other.layerID == node.layerID && present.name == parameter.name
              ? present.value + direction * t : present.value
          }
          let moved = try Tape(graph, feeding: [tape[model.input]], upTo: [model.score])
          return moved[model.score].dot(seed)
        }
        let error = abs(try slope(value) - gradients[i].dot(direction))
        #expect(error < 2e-4 * gradients[i].norm, "\(node.name) \(parameter.name)")
      }
    }
  }

  @Test func twoSeedsAddUp() throws {
    let model = try TinyNetworks.mixed()
    let (tape, seed) = try request(model)
    let branch = try model.graph.find("branch")
    let other = CounterRandom(seed: 80).normal(shape: tape[branch].shape)
    let both = try tape.pullback([model.score: seed, branch: other], to: [model.input])
    let first = try tape.pullback([model.score: seed], to: [model.input])
    let second = try tape.pullback([branch: other], to: [model.input])
    let sum = try #require(first[model.input]) + #require(second[model.input])
    #expect(try #require(both[model.input]).relativeError(to: sum) < 1e-6)
    // A seed at a node that is itself asked about is part of its answer.
    let here = try tape.pullback([branch: other], to: [branch])
    #expect(here[branch] == other)
  }

  @Test func whatTheSeedDoesNotDependOnHasNoGradient() throws {
    let model = try TinyNetworks.mixed()
    let (tape, _) = try request(model)
    let relu = try model.graph.find("relu")
    let found = try tape.pullback([relu: tape[relu]], to: [try model.graph.find("branch")])
    #expect(found[try model.graph.find("branch")] == nil)
    // Nodes that were only passed are not kept.
    let passed = try tape.pullback([relu: tape[relu]], to: [model.input])
    #expect(passed[try model.graph.find("stem")] == nil)
  }

  /// Counts how often a layer is passed backwards.
  private struct Counted: IdentityLayer {
    final class Meter: Sendable {
      let count = Mutex(0)
    }
    let meter: Meter
    func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
      meter.count.withLock { $0 += 1 }
      return [signal]
    }
  }

  @Test func aPullbackStopsWhereItWasAskedTo() throws {
    let meters = (0..<4).map { _ in Counted.Meter() }
    var graph = Graph()
    let input = try graph.addInput(named: "input", shape: [3])
    let early = try graph.add(Counted(meter: meters[0]), named: "early", inputs: [input])
    let middle = try graph.add(Counted(meter: meters[1]), named: "middle", inputs: [early])
    // A side branch that leads to the score, but not from the middle.
    let side = try graph.add(Counted(meter: meters[2]), named: "side", inputs: [early])
    let late = try graph.add(Counted(meter: meters[3]), named: "late", inputs: [middle])
    let score = try graph.add(Merge(.add), named: "score", inputs: [late, side])
    let one = Tensor(repeating: 1, shape: [1, 3])
    let tape = try Tape(graph, feeding: [one], upTo: [score])
    func counts() -> [Int] { meters.map { meter in meter.count.withLock { $0 } } }

    #expect(try tape.pullback([score: one], to: [middle])[middle] == one)
    #expect(counts() == [0, 0, 0, 1])
    #expect(try tape.pullback([score: one], to: [middle, input])[input] == one * 2)
    #expect(counts() == [1, 1, 1, 2])
    _ = try tape.pullback([score: one], to: [score])
    #expect(counts() == [1, 1, 1, 2])
  }

  @Test func aBatchsGradientIsItsSingles() throws {
    let model = try TinyNetworks.mixed()
    let images = TinyNetworks.images(for: model, count: 3)
    let tape = try model.record(images, upTo: [model.score])
    let seed = CounterRandom(seed: 81).normal(shape: tape[model.score].shape)
    let whole = try #require(try tape.pullback([model.score: seed], to: [model.input])[model.input])
    for n in 0..<3 {
      let single = try model.record(images.sample(n), upTo: [model.score])
      let gradient = try single.pullback([model.score: seed.sample(n)], to: [model.input])[model.input]
      #expect(try #require(gradient).isIdentical(to: whole.sample(n)))
    }
  }
}
