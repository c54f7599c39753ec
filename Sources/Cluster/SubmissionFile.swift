package import Bench
internal import Foundation
internal import Support

/// The settings of the last submission, beside the scripts: `RUN/slurm/submission.json`.
package struct SubmissionFile {
  private let folder: String

  package init(_ run: String) { folder = run + "/slurm" }

  package func read() -> Submission? {
    FileManager.default.contents(atPath: folder + "/submission.json")
      .flatMap { try? JSONDecoder().decode(Submission.self, from: $0) }
  }

  package func write(_ submission: Submission) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(submission), as: UTF8.self)
    try write(text + "\n", to: "submission.json")
  }

  package func write(_ text: String, to name: String) throws {
    try AtomicFile.write(text, to: "\(folder)/\(name)")
  }
}

extension ShardFolder {
  /// The shards that are not done.
  package func unfinished(of count: Int) -> [Int] {
    guard let status = try? RunStatus(of: path.enclosingFolder, count: count) else {
      return Array(1...count)
    }
    return status.parts.indices.filter { status.parts[$0].state != .done }.map { $0 + 1 }
  }

  /// Renames the logs of failed attempts, so that attempts are counted from zero.
  package func forgetFailures(of shards: [Int], count: Int) throws {
    for index in shards {
      let log = try folder(of: Shard(index, of: count)) + "/" + Self.failuresName
      if FileManager.default.fileExists(atPath: log) { rename(log, log + ".before") }
    }
  }
}
