internal import Synchronization

/// The forward pass of one request, shared by its copies: recorded when it is first needed.
///
/// It saves what the first reader needs. If a later reader needs more, the pass is made again and counted again.
final class Recording: Sendable {
  private struct Made {
    let tape: Tape
    let reach: Reach
  }

  private let model: Model
  /// The values of the graph's inputs, which fit.
  private let feeds: [Tensor]
  /// The nodes whose values are always saved.
  private let outputs: [NodeID]
  private let layer: NodeID?
  private let made = Mutex<Made?>(nil)

  /// - Throws: `GraphError` if the images do not fit the model.
  init(_ model: Model, _ inputs: Tensor, outputs: [NodeID], layer: NodeID?) throws(GraphError) {
    (self.model, self.outputs, self.layer) = (model, outputs, layer)
    feeds = try model.feeds(inputs)
    try Tape.check(feeds, of: model.graph)
  }

  /// The tape as it is; nil if nothing is recorded yet.
  var recorded: Tape? { made.withLock { $0?.tape } }

  /// The tape, with at least what `reach` reads saved.
  ///
  /// - Parameters:
  ///   - first: What to save if nothing is recorded yet.
  ///   - meter: Counts the pass, if one is made.
  func tape(for reach: Reach, atFirst first: Reach, _ meter: PassMeter) -> Tape {
    // Under the lock: a second thread waits instead of making the same pass.
    made.withLock { made in
      if let made, made.reach >= reach { return made.tape }
      let wanted = max(reach, made?.reach ?? first)
      let tape = Tape(
        checked: model.graph, feeding: feeds, upTo: outputs, from: wanted.end(at: layer, in: model))
      made = Made(tape: tape, reach: wanted)
      meter.add(forward: tape.batchSize)
      return tape
    }
  }
}
