internal import SaliencyCore

/// The largest resident set of this process since the value was made.
struct PeakMemory {
  /// Whether the system could reset the peak; if not, it is counted from the start of the process.
  let isOwn: Bool

  /// Frees idle memory and resets the peak.
  init() {
    Execution.releaseIdleMemory()
    isOwn = ResidentMemory.resetPeak()
  }

  /// In bytes; nil if the system does not report it.
  var bytes: Int? { ResidentMemory.peak }
}
