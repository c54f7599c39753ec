internal import Configuration
internal import Foundation
internal import Imaging
internal import Metrics
internal import SaliencyCore
internal import Support
internal import Synchronization

/// Computes the results of an experiment and keeps them in a store.
///
/// Every unit is written when it is finished, so that an interrupted run can be resumed. No result depends on threads, batches,
/// memory, the order of work, or other processes that use the store.
public final class Runner: Sendable {
  /// How a run uses the machine.
  public struct Options: Sendable {
    /// How many units are worked on at once; nil for one a processor.
    public var jobs: Int?
    /// The most memory the process may hold, in bytes; nil for no limit.
    public var memory: Int?

    /// The part of the work to do; nil for all of it.
    public var shard: Shard?

    /// The program and its version, as the manifest is to name it.
    public var program: String
    /// The command that began the run, as the manifest is to show it.
    public var command: String

    public init(
      jobs: Int? = nil, memory: Int? = nil, shard: Shard? = nil, program: String = "", command: String = ""
    ) {
      self.jobs = jobs
      self.memory = memory
      self.shard = shard
      self.program = program
      self.command = command
    }

    var workers: Int { max(jobs ?? ProcessInfo.processInfo.activeProcessorCount, 1) }
  }

  /// The folder of the results; empty if they are in memory.
  public let output: String
  let plan: WorkPlan
  let options: Options
  let store: ResultStore
  let budget: MemoryBudget
  private let memory: [UnitMemory]
  let workers: Int
  let share: WorkShare
  private let stopping = Atomic<Bool>(false)
  private let failure = Mutex<StoreError?>(nil)
  /// Whether other builds have written into the store.
  private let hasOtherBuilds = Atomic<Bool>(false)
  /// The contents of the requests that are open in this process.
  let busy = Mutex<Set<Digest>>([])
  /// The contents of the requests that this run has met.
  let met = Mutex<Set<Digest>>([])
  let tally: Mutex<RunProgress>
  private let observer: RunObserver
  private let sharedByModel: [SharedWork]
  private let started = ContinuousClock.now

  typealias Queue = WorkQueue<PlacedRequest, UnitWork>

  /// Prepares a run: what can be wrong with the folder is found here, before work begins.
  ///
  /// - Parameter output: The folder of the results, made if it is absent.
  /// - Throws: `StoreError` if the folder cannot be used.
  public convenience init(_ prepared: RunPlan, output: String) throws(StoreError) {
    try DiskSpace.prepare(output)
    try self.init(prepared, store: ResultStore(path: RunFolder(output).storePath), output: output)
  }

  /// Prepares a run whose results go into a store that is open.
  init(_ prepared: RunPlan, store: ResultStore, output: String = "", observer: RunObserver = RunObserver()) {
    self.output = output
    self.store = store
    self.observer = observer
    options = prepared.options
    budget = prepared.budget
    memory = prepared.units
    workers = prepared.workers
    plan = prepared.plan
    share = prepared.share
    sharedByModel = plan.models.map { _ in SharedWork() }
    tally = Mutex(RunProgress(total: share.unitCount))
  }

  /// Tells the run to end after the units that are being computed.
  public func stop() { stopping.store(true, ordering: .relaxed) }

  /// How far the run has come.
  public var progress: RunProgress {
    tally.withLock { tally in
      var copy = tally
      let past = ContinuousClock.now - started
      copy.seconds = Double(past.components.seconds) + Double(past.components.attoseconds) * 1e-18
      return copy
    }
  }

  /// Computes missing results.
  ///
  /// Blocks until all is there, other processes' part included, or until `stop()`.
  /// - Throws: `StoreError` if results can no longer be written; all that were finished before are kept.
  public func run() throws -> RunSummary { try run { $0 } }

  /// Computes missing results, and then finishes: no other experiment can begin in the folder before `finish` has returned.
  ///
  /// At the end, `store.sqlite` alone holds everything.
  /// - Throws: As `run()`, and what `finish` throws.
  public func run<Value>(_ finish: (RunSummary) throws -> Value) throws -> Value {
    try begin()
    let pulse = Pulse(every: 20) { [store] in try? store.renewClaims() }
    defer {
      pulse.end()
      // A run that is stopped leaves requests half done; another process need not find out that this one has ended.
      try? store.releaseAll()
      try? store.checkpoint()
    }
    return try finish(try compute())
  }

  private func compute() throws -> RunSummary {
    // Costs are for the tables of a folder; other work of the caller's process would disturb them.
    if !store.isInMemory { try measureCosts() }
    budget.settle()
    let jobs = workers
    // One unit a thread: layers are too short to be worth cutting up when there are units enough.
    let threads = max(Execution.threads / jobs, 1)
    var waiting = share.places
    while !waiting.isEmpty, !isStopping {
      let held = Mutex<[RequestPlace]>([])
      let queue = Queue(waiting)
      // Threads, not tasks: units compute for seconds without a pause, which would starve Swift's shared pool.
      WorkerThread.run(min(jobs, max(waiting.count * plan.methods.count, 1))) { [self] in
        Execution.withThreads(threads) {
          work(on: queue) { place in held.withLock { $0.append(place) } }
        }
      }
      if let failure = failure.withLock(\.self) { throw failure }
      waiting = held.withLock(\.self)
      // Another process is at these; look again when it may have finished one.
      if !waiting.isEmpty { usleep(200_000) }
    }
    var summary = RunSummary(
      progress: progress, wasStopped: isStopping, crowds: plan.crowdCount, peakMemory: ResidentMemory.highest)
    summary.mayMixBuilds = summary.progress.found > 0 && hasOtherBuilds.load(ordering: .relaxed)
    return summary
  }

  /// Makes the store ready for the plan; may be done again.
  func begin() throws(StoreError) {
    let manifest = Manifest(plan, options)
    let builds = Set(try store.meta("builds")?.split(separator: " ").map(String.init) ?? [])
      .union([CodeVersion.program])
    hasOtherBuilds.store(builds.count > 1, ordering: .relaxed)
    try store.begin(
      plan: plan.digest,
      describing: [
        "manifest": manifest.json, "manifest-digest": manifest.digest.hex,
        "experiment": plan.experiment.canonicalJSON, "builds": builds.sorted().joined(separator: " "),
      ])
    try store.verify()
    try store.register(metrics: plan.metrics.map { ($0.key, $0.choice.metric.canonicalJSON) })
    try store.assign(share, of: plan)
  }

  var isStopping: Bool {
    stopping.load(ordering: .relaxed) || failure.withLock { $0 != nil } || observer.isCancelled()
  }

  /// What one worker does until nothing is left.
  private func work(on queue: Queue, whenHeld: (RequestPlace) -> Void) {
    var own: Queue.Opened?
    while !isStopping {
      do throws(StoreError) {
        switch queue.next(preferring: own) {
        case .none: return
        case .open(let place): own = try open(place, queue, whenHeld: whenHeld)
        case .unit(let unit, let opened): try compute(unit, of: opened, queue)
        }
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
  }

  private func compute(_ unit: UnitWork, of opened: Queue.Opened, _ queue: Queue) throws(StoreError) {
    let request = opened.request
    let model = request.open.model.model
    let need = memory[request.place.model].need(batch: model.microBatch)
    let result = budget.run(needing: need) {
      unit.run(request.open, plan: plan, sharedByModel: sharedByModel[request.place.model])
    }
    try store.save(result)
    tally.withLock {
      $0.done += 1
      if result.outcome == .failed { $0.failed += 1 }
    }
    observer.report(progress)
    guard opened.finish() else { return }
    queue.remove(opened)
    try close(request)
  }
}
