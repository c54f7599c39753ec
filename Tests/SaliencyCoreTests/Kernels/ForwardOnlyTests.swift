import Synchronization
import TestSupport
import Testing

@testable import SaliencyCore

/// Where no backward pass follows, a forward pass keeps no value longer than its last reader needs it.
@Suite struct ForwardOnlyTests {
  /// Counts how many of the values that earlier layers of this kind computed are still in memory.
  private struct Probe: Layer {
    final class Log: Sendable {
      private struct Entry: @unchecked Sendable {
        weak var storage: TensorStorage?
      }
      private let entries = Mutex<[Entry]>([])
      private let most = Mutex(0)

      var largest: Int { most.withLock { $0 } }

      func add(_ tensor: Tensor) {
        let alive = entries.withLock { entries in
          entries.append(Entry(storage: tensor.storage))
          return entries.count { $0.storage != nil }
        }
        most.withLock { $0 = max($0, alive) }
      }
    }

    let log: Log

    func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape { try inputs.only() }
    func callAsFunction(_ inputs: [Tensor]) -> Tensor {
      let result = inputs[0] * 1.5
      log.add(result)
      return result
    }
    func pullback(_ signal: Tensor, at step: Step) -> [Tensor] { [signal * 1.5] }
  }

  private func model() throws -> (model: Model, log: Probe.Log) {
    let log = Probe.Log()
    let model = try TinyNetworks.chain(
      [8], (0..<10).map { ("probe\($0)", Probe(log: log)) } + [("softmax", Softmax())])
    return (model, log)
  }

  @Test(.enabled(if: Execution.fusesLayers, "layer by layer, every value is saved"))
  func outputsOfChangedImagesAreNotRecorded() throws {
    let (model, log) = try model()
    let images = TinyNetworks.images(for: model, count: 3)
    let values = try model.values(of: [model.score, model.output], for: images)
    #expect(log.largest == 2, "a layer's input and its output")
    let request = try AttributionRequest(model, inputs: images, reach: .layer)
    #expect(values[0].isIdentical(to: request.tape[model.score]))
    #expect(values[1].isIdentical(to: request.tape[model.output]))
    let (other, watched) = try self.model()
    let asked = try AttributionRequest(other, inputs: images.sample(0), reach: .layer)
    let before = watched.largest
    #expect(before == 10, "what is recorded for a backward pass through layers of one's own")
    _ = asked
    let (third, fresh) = try self.model()
    let free = try third.values(of: [third.output], for: images)
    #expect(fresh.largest == 2 && free[0].isIdentical(to: values[1]))
  }

  /// What metrics, `predict` and `verify` read: the same bits as on a tape, and counted as forward passes.
  @Test func outputsAreThoseOfATape() throws {
    for model in [try TinyNetworks.gap(), try TinyNetworks.vgg(), try TinyNetworks.mixed()] {
      let images = TinyNetworks.images(for: model, count: 3)
      let request = try AttributionRequest(model, inputs: images)
      for node in [model.score, model.output, try #require(model.defaultLayer)] {
        #expect(try request.outputs(for: images, at: node).isIdentical(to: request.tape[node]))
      }
      #expect(request.passes == Passes(forward: 12))
      #expect(throws: GraphError.self) {
        try request.outputs(for: Tensor(repeating: 0, shape: [1, 2, 2, 1]), at: model.score)
      }
    }
  }
}
