internal import Foundation
internal import GRDB
internal import Imaging
internal import Synchronization

/// A shard worked on: on the machine's own disk, with copies of its store for the others to see; or where it is to stay.
///
/// With a scratch folder, SQLite writes there only. The store begins as the copy that an earlier attempt left, takes over what one that
/// was killed on this machine had not copied, and is copied back at intervals, when the run is told to stop, and at the end. Whatever is
/// killed when, the copy is whole, and what is nowhere is computed again.
public final class ShardRun: Sendable {
  public let runner: Runner
  /// The shard's folder, for all to see.
  public let output: String
  private let scratch: ScratchFolder?
  private let copy: SharedCopy
  private let seconds: Double
  private let reuse: [String]

  /// - Parameters:
  ///   - output: The shard's folder.
  ///   - scratch: A folder on this machine's disk; nil to work in `output` itself.
  ///   - reuse: Folders of stores, or folders of those, whose results are taken over.
  ///   - interval: Seconds between two copies.
  /// - Throws: `StoreError`, `ShardError`.
  public init(
    _ plan: RunPlan, output: String, scratch: String? = nil, reuse: [String] = [], interval: Double = 300
  ) throws {
    self.output = output
    self.reuse = reuse
    seconds = interval
    copy = SharedCopy(path: RunFolder(output).storePath)
    try DiskSpace.prepare(output)
    if let scratch {
      let name = "saliency-\(plan.plan.digest.hex.prefix(12))-\(plan.share.shard?.folderName ?? "all")"
      let folder = try ScratchFolder(in: scratch, named: name)
      try copy.fetch(to: RunFolder(folder.path).storePath)
      self.scratch = folder
      runner = try Runner(plan, output: folder.path)
      // The copy may hold claims of the process that was killed; in this folder nobody else is at work.
      try runner.store.write { try $0.execute(sql: "DELETE FROM claims") }
    } else {
      self.scratch = nil
      runner = try Runner(plan, output: output)
    }
  }

  /// Computes what is missing of the shard.
  ///
  /// - Returns: What was done; how many units were taken over from other stores is `adopted`.
  /// - Throws: `StoreError`, `ShardError`; `MergeError` if a store to take results from was made of something else.
  public func run() throws -> (summary: RunSummary, adopted: Int) {
    try runner.begin()
    takeOverAbandoned()
    let adopted = try Adoption(into: runner).adopt(from: reuse.flatMap(RunFolder.candidates))
    try runner.store.setMeta(["probe": runner.plan.probe])
    try note(.running)
    let pulse = copying()
    let result = Result { try runner.run() }
    pulse.end()
    // Also after an error: what was finished is kept.
    let isComplete = (try? result.get()).map(\.isComplete) ?? false
    try note(isComplete ? .done : .stopped)
    try runner.store.checkpoint()
    let done = try result.get()
    scratch?.remove()
    return (done, adopted)
  }

  /// Takes over what a task of the same shard that was killed on this machine left in its folder.
  ///
  /// A machine that fell may leave a broken file; then there is nothing to be had from it.
  private func takeOverAbandoned() {
    guard let scratch else { return }
    for folder in scratch.abandoned {
      _ = try? Adoption(into: runner).adopt(from: [RunFolder(folder).storePath])
    }
    scratch.removeAbandoned()
  }

  /// Notes and copies at intervals, and once when the run is told to stop: a grace time may be shorter than the units in
  /// work, so what is finished is brought to safety at once.
  ///
  /// A copy that fails is made again at the next interval, and the last one must succeed.
  private func copying() -> Pulse {
    let clock = ContinuousClock()
    let state = Mutex((last: clock.now, isTold: false))
    return Pulse(every: min(seconds, 0.5)) { [self] in
      let isDue = state.withLock { state in
        let isNew = runner.isStopping && !state.isTold
        state.isTold = runner.isStopping
        return isNew || clock.now - state.last >= .seconds(seconds)
      }
      guard isDue else { return }
      try? note(.running)
      state.withLock { $0.last = clock.now }
    }
  }

  /// Whether the last word has been said.
  private let isOver = Mutex(false)

  /// Notes how far the shard is, and makes the copy anew.
  private func note(_ state: ShardState) throws {
    try isOver.withLock { isOver in
      // The thread that copies may have waited here while the end was noted.
      guard !isOver else { return }
      isOver = state != .running
      try runner.noteProgress(state, every: seconds)
      if scratch != nil { try copy.publish(runner.store) }
    }
  }
}

/// What became of a shard, as its store tells it.
public enum ShardState: String, Sendable, Codable, CaseIterable {
  case done
  /// A process is at work, or was until a short time ago.
  case running
  /// It was interrupted, and nobody is at work.
  case stopped
  /// It failed three times or more, and nobody is at work.
  case failed
  /// There is no store of it.
  case missing
}

extension WorkPlan {
  /// How many images every shard looks at.
  static let probes = 16

  /// What the networks are given of some images, a line each, the same in every shard, so that nodes with other files betray themselves.
  var probe: String {
    let sorted = images.sorted { $0.name < $1.name }
    let count = min(Self.probes, sorted.count)
    return (0..<count).map { i in
      // From the first to the last, evenly.
      let image = sorted[count > 1 ? i * (sorted.count - 1) / (count - 1) : 0]
      return models.map { model in
        let input = try? model.transform(image.picture())
        return input.map { tensor in String(Digest { $0.add(tensor) }.hex.prefix(12)) } ?? "unreadable"
      }.joined(separator: " ") + " (\(image.name))"
    }.joined(separator: "\n")
  }
}

extension Runner {
  /// Writes into the store how far it is, for those who only see the store.
  func noteProgress(_ state: ShardState, every seconds: Double) throws(StoreError) {
    let now = progress
    let environment = ProcessInfo.processInfo.environment
    let job = environment["SLURM_ARRAY_JOB_ID"].map { "\($0)_\(environment["SLURM_ARRAY_TASK_ID"] ?? "")" }
    try store.setMeta([
      "progress-done": "\(now.done)", "progress-found": "\(now.found + now.shared)",
      "progress-failed": "\(now.failed)",
      "progress-seconds": "\(now.seconds)", "progress-at": "\(Date().timeIntervalSince1970)",
      "progress-host": environment["SLURMD_NODENAME"] ?? ProcessInfo.processInfo.hostName,
      "progress-job": job ?? environment["SLURM_JOB_ID"] ?? "", "progress-state": state.rawValue,
      "progress-every": "\(seconds)",
    ])
  }
}
