internal import Bench
internal import Foundation
internal import Support

/// Submits the shards of a run, and the job that merges them, to Slurm.
package struct Submitter {
  package private(set) var submission: Submission
  private let onlyMissing: Bool
  private var file: SubmissionFile { SubmissionFile(submission.run) }

  /// - Parameters:
  ///   - settings: With `onlyMissing`, what they leave out is as in the last submission.
  ///   - experiment: The absolute path of the experiment's file.
  ///   - name: The name of the experiment.
  ///   - run: The absolute path of the run's folder.
  ///   - onlyMissing: Whether only shards that are not done are submitted.
  /// - Throws: ``SubmissionError`` if the number of shards is not known.
  package init(
    _ settings: SubmissionSettings, experiment: String, name: String, run: String, onlyMissing: Bool
  ) throws {
    let before = onlyMissing ? SubmissionFile(run).read() : nil
    guard let shards = settings.shards ?? before?.shards else { throw SubmissionError(run: run) }
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    submission = Submission(
      settings, over: before, shards: shards, program: program, experiment: experiment, run: run, name: name)
    self.onlyMissing = onlyMissing
  }

  /// The shards to submit: all, or those that are not done and that no earlier array has in the queue.
  ///
  /// - Parameter asksQueue: Whether Slurm is asked; a dry run works without Slurm.
  /// - Throws: ``SlurmError``.
  package func openShards(asksQueue: Bool) throws -> [Int] {
    guard onlyMissing else { return Array(1...submission.shards) }
    let open = ShardFolder(submission.run).unfinished(of: submission.shards)
    guard asksQueue, !open.isEmpty else { return open }
    let queued = try Set(submission.jobs.flatMap { try SlurmCommands.queuedTasks(of: $0) })
    return open.filter { !queued.contains($0) }
  }

  /// The scripts of the array and of the merge.
  package func scripts(of shards: [Int]) -> (array: String, merge: String) {
    let script = BatchScript(submission)
    return (script.array(of: shards), script.merge)
  }

  /// Writes the scripts and submits both jobs.
  ///
  /// - Returns: The numbers of the jobs.
  /// - Throws: ``SlurmError``, `FileWriteError`.
  package mutating func submit(_ shards: [Int]) throws -> (array: String, merge: String) {
    try submission.makeFolder()
    try file.write(submission)
    let scripts = scripts(of: shards)
    try file.write(scripts.array, to: "array.sh")
    try file.write(scripts.merge, to: "merge.sh")
    // Attempts are counted from zero.
    try ShardFolder(submission.run).forgetFailures(of: shards, count: submission.shards)
    let array = try SlurmCommands.submit(submission.folder + "/array.sh")
    // Written at once, so that what is in the queue is never submitted again.
    submission.jobs.append(array)
    try file.write(submission)
    return (array, try queueMerge())
  }

  /// What happens to the merge of a run whose shards are all done or in the queue.
  package enum MergeState {
    case done
    /// A dry run does not submit it.
    case missing
    case queued(String)
    case submitted(String)
  }

  /// Submits the merge if it is not done and not in the queue: an earlier one may have been killed.
  ///
  /// - Throws: ``SlurmError``, `FileWriteError`.
  package mutating func submitMerge(isDry: Bool) throws -> MergeState {
    if try RunStatus(of: submission.run, count: submission.shards).isMerged { return .done }
    if isDry { return .missing }
    if let merge = submission.merge, try SlurmCommands.isQueued(merge) { return .queued(merge) }
    try submission.makeFolder()
    // A script that exists may have been edited.
    if !FileManager.default.fileExists(atPath: submission.folder + "/merge.sh") {
      try file.write(BatchScript(submission).merge, to: "merge.sh")
    }
    return .submitted(try queueMerge())
  }

  /// Submits the merge, to run after all arrays of the run that are in the queue.
  private mutating func queueMerge() throws -> String {
    let jobs = try submission.jobs.filter { try SlurmCommands.isQueued($0) }
    let merge = try SlurmCommands.submit(submission.folder + "/merge.sh", after: jobs)
    submission.merge = merge
    try file.write(submission)
    return merge
  }
}

/// Nothing says into how many shards the work of a run is divided.
package struct SubmissionError: Error, CustomStringConvertible {
  let run: String

  package var description: String {
    "--missing: \(run)/slurm/submission.json does not say how the work was divided; wanted --array as before"
  }
}
