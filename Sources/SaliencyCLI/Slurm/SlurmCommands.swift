internal import Foundation

/// Slurm's own commands.
enum SlurmCommands {
  /// Submits a script.
  ///
  /// - Returns: The job's number.
  /// - Throws: `SlurmError`.
  static func submit(_ script: String, after job: String? = nil) throws(SlurmError) -> String {
    // `afterany`: what fails must not keep the rest from being put together.
    let dependency = job.map { ["--dependency=afterany:\($0)"] } ?? []
    let (status, output, errors) = try run("sbatch", ["--parsable"] + dependency + [script])
    guard status == 0, let id = output.split(whereSeparator: { ";\n".contains($0) }).first else {
      throw .refused(script: script, reason: errors.split(separator: "\n").joined(separator: " "))
    }
    return String(id)
  }

  /// The tasks of an array that wait or run.
  ///
  /// - Returns: None where Slurm no longer knows the job.
  static func queuedTasks(of job: String) throws(SlurmError) -> [Int] {
    let (_, output, _) = try run("squeue", ["--noheader", "--array", "--jobs=\(job)", "--format=%K"])
    return output.split(separator: "\n").compactMap { Int($0) }
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

/// Why nothing was submitted.
enum SlurmError: Error, Equatable, CustomStringConvertible {
  case noSlurm
  case refused(script: String, reason: String)

  var description: String {
    switch self {
    case .noSlurm:
      "there is no sbatch on the PATH; run this on a node of the cluster that jobs are submitted from, look at the "
        + "scripts with --dry-run, or run the shards without Slurm (Guides/Cluster.md)"
    case .refused(let script, let reason):
      "sbatch refused \(script): \(reason); change the options or the script, and submit again"
    }
  }
}
