internal import Support
internal import Synchronization

extension Experiment {
  /// Computes missing results and returns all results of the experiment.
  ///
  /// Blocks the calling thread. In asynchronous code the overload without `isCancelled` does not.
  /// - Parameters:
  ///   - store: Where results are kept; memory if nil. With the store of an earlier run, that run is resumed.
  ///   - folder: What the experiment's relative paths start from.
  ///   - options: Number of parallel jobs and memory limit. Neither changes a result.
  ///   - progress: Called after every unit of work, on the thread that computed it, by one thread at a time.
  ///   - isCancelled: Called before every unit of work, by several threads. If true, the units that are being computed are
  ///     finished and kept, and `CancellationError` is thrown.
  /// - Throws: `YAMLError` if a model, an image source or a name is wrong; `RunError` if the run cannot begin; `StoreError` if results
  ///   cannot be kept; `CancellationError`.
  @discardableResult
  public func run(
    in store: RunStore? = nil, folder: String = "", options: Runner.Options = Runner.Options(),
    progress: (@Sendable (RunProgress) -> Void)? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> ExperimentResults {
    let plan = try RunPlan(self, folder: folder, options: options)
    return try (store ?? RunStore()).use { store in
      let observer = RunObserver(progress: progress, isCancelled: isCancelled)
      return try Runner(plan, store: store, observer: observer).run { summary in
        guard summary.isComplete || !summary.wasStopped else { throw CancellationError() }
        return try ExperimentResults(self, store, summary)
      }
    }
  }

  /// Computes missing results and returns all results of the experiment, on threads of its own.
  ///
  /// If the task is cancelled, the units of work that are being computed are finished and kept, and `CancellationError` is thrown.
  /// - Parameters: As above.
  @discardableResult
  public func run(
    in store: RunStore? = nil, folder: String = "", options: Runner.Options = Runner.Options(),
    progress: (@Sendable (RunProgress) -> Void)? = nil
  ) async throws -> ExperimentResults {
    let flag = CancellationFlag()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let work: @Sendable () -> Void = {
          continuation.resume(
            with: Result {
              try run(
                in: store, folder: folder, options: options, progress: progress,
                isCancelled: { flag.isSet.load(ordering: .relaxed) })
            })
        }
        if !WorkerThread.start(work) { work() }
      }
    } onCancel: {
      flag.isSet.store(true, ordering: .relaxed)
    }
  }
}

/// Whether a task was cancelled, for threads that are not part of it.
private final class CancellationFlag: Sendable {
  let isSet = Atomic<Bool>(false)
}
