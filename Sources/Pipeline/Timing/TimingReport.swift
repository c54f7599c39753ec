internal import SaliencyCore
internal import Support

/// The times of rows, and the machine that they were measured on.
public struct TimingReport: Sendable, Encodable {
  /// The threads that one layer may use.
  public let threads: Int
  /// The instruction set of the kernels.
  public let instructionSet: String
  /// The number of SmoothGrad's samples.
  public let samples: Int
  /// How often each row is timed.
  public let repeats: Int
  /// The time outside of the kernels.
  public let overheadPerNode: NodeOverhead
  /// Whether the peak memory is that of each row and not of the whole process.
  public let isMemoryOfEachRow: Bool
  /// The times.
  public var rows: [Timing] = []

  /// Measures the overhead of nodes; rows are added by the caller.
  public init(samples: Int, repeats: Int) throws {
    threads = Execution.threads
    instructionSet = Execution.instructionSet
    self.samples = samples
    self.repeats = repeats
    overheadPerNode = try NodeOverhead.measure()
    isMemoryOfEachRow = PeakMemory().isOwn
  }

  /// The report as a table.
  public var text: String {
    var table = TextTable(
      .init("row"), .init("warm-up ms", .right), .init("median ms", .right), .init("minimum ms", .right),
      .init("images/s", .right), .init("peak MiB", .right))
    for row in rows {
      table.add(
        row.name, Self.milliseconds(row.warmUp), Self.milliseconds(row.median),
        Self.milliseconds(row.minimum),
        NumberText.fixed(1 / row.median, 1),
        row.peakMemory.map { NumberText.fixed(Double($0) / 1_048_576, 0) } ?? "")
    }
    let lines = [
      "threads \(threads), instruction set \(instructionSet)",
      "SmoothGrad of \(samples) samples; \(repeats) repeats after one warm-up, which is not among them",
      "overhead per node: forward \(Self.microseconds(overheadPerNode.forward)) us, backward "
        + "\(Self.microseconds(overheadPerNode.backward)) us",
      isMemoryOfEachRow
        ? nil : "the system cannot reset the peak memory: peaks are those of the whole process",
    ]
    return lines.compactMap(\.self).joined(separator: "\n") + "\n\n" + table.text
  }

  private static func milliseconds(_ seconds: Double) -> String { NumberText.fixed(seconds * 1e3, 2) }
  private static func microseconds(_ seconds: Double) -> String { NumberText.fixed(seconds * 1e6, 2) }
}
