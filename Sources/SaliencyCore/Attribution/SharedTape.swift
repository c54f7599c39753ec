internal import Synchronization

/// The tape of a request's forward pass, recorded when it is first read and shared by copies of the request.
///
/// It saves what the first reader needs. If a later reader needs more, the pass is made and counted a second time.
final class SharedTape: Sendable {
  private struct Recorded {
    let tape: Tape
    let reach: Reach
  }

  private let model: Model
  /// The values of the graph's inputs, of the right shapes.
  private let feeds: [Tensor]
  /// The nodes whose values are always saved.
  private let outputs: [NodeID]
  private let layer: NodeID?
  private let state = Mutex<Recorded?>(nil)

  /// - Throws: `GraphError` if the images do not fit the model.
  init(_ model: Model, _ inputs: Tensor, outputs: [NodeID], layer: NodeID?) throws(GraphError) {
    (self.model, self.outputs, self.layer) = (model, outputs, layer)
    feeds = try model.feeds(inputs)
    try Tape.check(feeds, of: model.graph)
  }

  /// The tape as it is; nil if nothing is recorded yet.
  var recorded: Tape? { state.withLock { $0?.tape } }

  /// The tape, with at least what `reach` reads saved.
  ///
  /// - Parameters:
  ///   - first: What to save if nothing is recorded yet.
  ///   - meter: Counts the pass, if one is made.
  func tape(saving reach: Reach, atFirst first: Reach, _ meter: PassMeter) -> Tape {
    // Under the lock: a second thread waits instead of making the same pass.
    state.withLock { recorded in
      if let recorded, recorded.reach >= reach { return recorded.tape }
      let saved = max(reach, recorded?.reach ?? first)
      let tape = Tape(
        checked: model.graph, feeding: feeds, upTo: saved.outputs(outputs, in: model),
        from: saved.end(at: layer, in: model))
      recorded = Recorded(tape: tape, reach: saved)
      meter.add(forward: tape.batchSize)
      return tape
    }
  }
}
