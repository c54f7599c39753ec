import SaliencyCore
import TestSupport
import Testing

/// The number of threads is how long it takes, never what comes out.
@Suite(.serialized) struct ExecutionTests {
  @Test func anyNumberOfThreadsGivesTheSameBits() throws {
    let before = Execution.threads
    defer { Execution.threads = before }
    for item in LayerCase.large {
      let inputs = item.inputs(batch: 2)
      func run(_ threads: Int) -> (output: Tensor, pulled: Tensor) {
        Execution.threads = threads
        let step = Step(applying: item.layer, to: inputs)
        let signal = CounterRandom(seed: 9).normal(shape: step.output.shape)
        return (step.output, step.pullback(signal)[0])
      }
      let one = run(1)
      for threads in [2, 3, 7] {
        let several = run(threads)
        #expect(several.output.isIdentical(to: one.output), "\(item), \(threads) threads")
        #expect(several.pulled.isIdentical(to: one.pulled), "\(item), \(threads) threads")
      }
    }
  }

  /// One layer applied from many tasks at once (its packed weights are made by whichever comes first).
  @Test func aLayerCanBeUsedFromManyTasks() async throws {
    let item = LayerCase.large[0]
    let inputs = item.inputs(batch: 1)
    let expected = item.layer(inputs)
    let results = await withTaskGroup(of: Tensor.self) { group in
      // A fresh layer each time, so that the first use is part of the race.
      let layer = (item.layer as? any ParametricLayer)?.mapParameters(\.value) ?? item.layer
      for _ in 0..<8 { group.addTask { layer(inputs) } }
      return await group.reduce(into: [Tensor]()) { $0.append($1) }
    }
    #expect(results.count == 8)
    #expect(results.allSatisfy { $0.isIdentical(to: expected) })
  }
}
