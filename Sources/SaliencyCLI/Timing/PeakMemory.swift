internal import SaliencyCore

/// The most memory this process had in use (resident set) since a moment.
struct PeakMemory {
  /// Whether the count could be started anew; if not, it has been counted since the process began.
  let isOwn: Bool

  /// Hands back what is kept idle, and counts from what is in use now.
  init() {
    Execution.releaseIdleMemory()
    isOwn = ResidentMemory.resetPeak()
  }

  /// In bytes; nil where the system does not tell.
  var bytes: Int? { ResidentMemory.peak }
}
