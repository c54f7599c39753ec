internal import Foundation

/// Slurm's commands.
package enum SlurmCommands {
  /// Submits a script.
  ///
  /// - Parameter jobs: Jobs that must end first, successfully or not.
  /// - Returns: The job's number.
  /// - Throws: `SlurmError`.
  package static func submit(_ script: String, after jobs: [String] = []) throws(SlurmError) -> String {
    // `afterany`: the merge also runs if a task failed.
    let dependency = jobs.isEmpty ? [] : ["--dependency=afterany:\(jobs.joined(separator: ":"))"]
    let (status, output, errors) = try run("sbatch", ["--parsable"] + dependency + [script])
    guard status == 0, let id = output.split(whereSeparator: { ";\n".contains($0) }).first else {
      throw .refused(script: script, reason: oneLine(errors))
    }
    return String(id)
  }

  /// The tasks of an array that wait or run.
  ///
  /// - Returns: None if Slurm no longer knows the job.
  /// - Throws: `SlurmError`, also if Slurm does not answer: the queue is then unknown.
  package static func queuedTasks(of job: String) throws(SlurmError) -> [Int] {
    try queue(job, "%K").compactMap { Int($0) }
  }

  /// Whether a job waits or runs.
  ///
  /// - Throws: As `queuedTasks`.
  package static func isQueued(_ job: String) throws(SlurmError) -> Bool { try !queue(job, "%i").isEmpty }

  private static func queue(_ job: String, _ format: String) throws(SlurmError) -> [Substring] {
    let (status, output, errors) = try run(
      "squeue", ["--noheader", "--array", "--jobs=\(job)", "--format=\(format)"])
    if status != 0, !errors.contains("Invalid job id") { throw .silent(reason: oneLine(errors)) }
    return output.split(separator: "\n")
  }

  private static func oneLine(_ text: String) -> String {
    text.split(separator: "\n").joined(separator: " ")
  }

  private static func run(
    _ name: String, _ arguments: [String]
  ) throws(SlurmError) -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    do { try process.run() } catch { throw .noSlurm }
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let complaints = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    if process.terminationStatus == 127 { throw .noSlurm }
    return (
      process.terminationStatus, String(decoding: text, as: UTF8.self),
      String(decoding: complaints, as: UTF8.self)
    )
  }
}

/// A Slurm command failed.
package enum SlurmError: Error, Equatable, CustomStringConvertible {
  case noSlurm
  case refused(script: String, reason: String)
  case silent(reason: String)

  package var description: String {
    switch self {
    case .noSlurm:
      "there is no sbatch on the PATH; run this on a node of the cluster that jobs are submitted from, look at the "
        + "scripts with --dry-run, or run the shards without Slurm (Guides/Cluster.md)"
    case .refused(let script, let reason):
      "sbatch refused \(script): \(reason); change the options or the script, and submit again"
    case .silent(let reason):
      "squeue cannot list the queue: \(reason); wait until Slurm answers, and submit again"
    }
  }
}
