internal import Synchronization

/// How far a run has come.
public struct RunProgress: Sendable, Equatable {
  /// Units of work in all: requests times methods.
  public var total = 0
  /// Units that are finished, those of earlier runs included.
  public var done = 0
  /// Units that were finished before this run began, or by another process.
  public var found = 0
  /// Units of a request that this run had come to before: two targets of an image are the same class.
  public var shared = 0
  /// Units that failed.
  public var failed = 0
  public var seconds = 0.0

  /// Units that this run computed.
  public var computed: Int { done - found - shared }

  /// Units a second, of those that this run computed.
  public var rate: Double { seconds > 0 ? Double(computed) / seconds : 0 }

  /// Seconds until the end at this rate; nil before the first unit.
  public var secondsLeft: Double? { rate > 0 ? Double(total - done) / rate : nil }
}

/// Callbacks of a run: progress and cancellation.
struct RunObserver: Sendable {
  /// Called after every unit, by one thread at a time.
  private let progress: (@Sendable (RunProgress) -> Void)?
  /// Called before every unit, by several threads.
  let isCancelled: @Sendable () -> Bool
  private let lock = Lock()

  private final class Lock: Sendable { let mutex = Mutex(()) }

  init(
    progress: (@Sendable (RunProgress) -> Void)? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.progress = progress
    self.isCancelled = isCancelled
  }

  func report(_ current: @autoclosure () -> RunProgress) {
    guard let progress else { return }
    lock.mutex.withLock { _ in progress(current()) }
  }
}

/// What a run did.
public struct RunSummary: Sendable, Equatable {
  public var progress: RunProgress
  /// Whether it was told to stop before the end.
  public var wasStopped: Bool
  /// Annotations of crowds, which are left out.
  public var crowds = 0
  /// The same in words; nil if there are none.
  public var crowdWords: String? { WorkPlan.words(crowds: crowds) }
  /// The most memory that this process has held up to now, in bytes; nil if the system does not report it.
  public var peakMemory: Int?
  /// Whether results may have been found that another build computed, with the same versions of toolkit, methods and metrics.
  public var mayMixBuilds = false

  /// Whether nothing is left to do.
  public var isComplete: Bool { progress.done == progress.total }
}
