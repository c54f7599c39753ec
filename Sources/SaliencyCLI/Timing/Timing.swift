internal import SaliencyCore

/// What one row took, in seconds and bytes.
struct Timing: Encodable {
  /// `MODEL:ROW`.
  let name: String
  /// The first time, which packs weights and faults memory in; not among the others.
  let warmUp: Double
  /// The others, shortest first.
  let times: [Double]
  let median: Double
  let minimum: Double
  /// The most memory in use from before the model was loaded; nil where the system does not tell.
  let peakMemory: Int?

  /// Loads a model and runs a row: once to warm up, then `count` times.
  ///
  /// The model is loaded anew for each row, so that memory and packed weights of other rows are not in the count.
  ///
  /// - Returns: Nil where the row means nothing for the model.
  static func measure(_ row: TimedRow, of model: TimedModel, repeating count: Int) throws -> Timing? {
    let memory = PeakMemory()
    let network = try model.load()
    guard row.isSuitable(for: network) else { return nil }
    let image = CounterRandom(seed: 1).uniform(0..<1, shape: network.inputShape.batched(1))
    let warmUp = try seconds { try row(network, image) }
    let times = try (0..<count).map { _ in try seconds { try row(network, image) } }.sorted()
    return Timing(
      name: "\(model.name):\(row.name)", warmUp: warmUp, times: times, median: Self.median(of: times),
      minimum: times[0],
      peakMemory: memory.bytes)
  }

  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    try body()
    return (clock.now - start).seconds
  }

  /// The middle of sorted times; of two middle ones, their mean.
  static func median(of sorted: [Double]) -> Double {
    (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
