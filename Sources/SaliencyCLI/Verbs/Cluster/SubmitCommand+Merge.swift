internal import Bench
internal import Cluster
internal import Foundation

/// The job that merges the shards.
extension SubmitCommand {
  /// Submits it, to run after all arrays of the run that are in the queue.
  ///
  /// - Returns: The job's number.
  func queueMerge(_ submission: inout Submission) throws -> String {
    let jobs = try submission.jobs.filter { try SlurmCommands.isQueued($0) }
    let merge = try SlurmCommands.submit(submission.folder + "/merge.sh", after: jobs)
    submission.merge = merge
    try SubmissionFile(submission.run).write(submission)
    return merge
  }

  /// No shard is to be submitted; but the merge may have been killed.
  func submitMerge(_ submission: inout Submission) throws {
    let console = Invocation.current.console
    let all = "\(submission.run): all \(submission.shards) shards are done or in the queue"
    if try RunStatus(of: submission.run, count: submission.shards).isMerged {
      return console.print("\(all), and merged; nothing to submit")
    }
    if dryRun { return console.print("\(all); what is missing is the merge") }
    if let merge = submission.merge, try SlurmCommands.isQueued(merge) {
      return console.print("\(all), and job \(merge) will merge them; nothing to submit")
    }
    try submission.makeFolder()
    // A script that is there may have been edited.
    if !FileManager.default.fileExists(atPath: submission.folder + "/merge.sh") {
      try SubmissionFile(submission.run).write(BatchScript(submission).merge, to: "merge.sh")
    }
    console.print("\(all); submitted the merge as job \(try queueMerge(&submission))")
  }
}
