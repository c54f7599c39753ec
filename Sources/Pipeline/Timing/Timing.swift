internal import SaliencyCore

/// The times of one row in seconds, and its peak memory in bytes.
public struct Timing: Sendable, Encodable {
  /// `MODEL:ROW`.
  public let name: String
  /// The first time, which includes packing of weights and page faults.
  ///
  /// It is not among `times`.
  public let warmUp: Double
  /// The other times, in ascending order.
  public let times: [Double]
  /// The median of `times`.
  public let median: Double
  /// The minimum of `times`.
  public let minimum: Double
  /// The peak of the resident set, the model included; nil if the system does not report it.
  public let peakMemory: Int?

  /// Loads a model and runs a row: once to warm up, then `count` times.
  ///
  /// The model is loaded for each row, so that memory and packed weights of other rows are not counted.
  ///
  /// - Returns: Nil if the method of the row does not suit the model.
  public static func measure(_ row: TimedRow, of model: TimedModel, repeating count: Int) throws -> Timing? {
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
