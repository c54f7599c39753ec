internal import Bench
internal import Foundation
internal import SaliencyCore
internal import Support

/// What was submitted, beside the scripts: `RUN/slurm/submission.json`.
struct SubmissionFile {
  private let folder: String

  init(_ run: String) { folder = run + "/slurm" }

  func read() -> Submission? {
    FileManager.default.contents(atPath: folder + "/submission.json")
      .flatMap { try? JSONDecoder().decode(Submission.self, from: $0) }
  }

  func write(_ submission: Submission) throws {
    try write(try JSONText.encode(submission) + "\n", to: "submission.json")
  }

  func write(_ text: String, to name: String) throws { try AtomicFile.write(text, to: "\(folder)/\(name)") }
}

extension ShardFolder {
  /// The shards that are not done.
  func unfinished(of count: Int) -> [Int] {
    guard let status = try? RunStatus(of: path.enclosingFolder, count: count) else {
      return Array(1...count)
    }
    return status.parts.indices.filter { status.parts[$0].state != .done }.map { $0 + 1 }
  }

  /// Puts the notes of failed tries aside.
  func forgetFailures(of shards: [Int], count: Int) throws {
    for index in shards {
      let log = try folder(of: Shard(index, of: count)) + "/" + Self.failuresName
      if FileManager.default.fileExists(atPath: log) { rename(log, log + ".before") }
    }
  }
}
