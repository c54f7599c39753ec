internal import ArgumentParser
internal import Bench
internal import Foundation

extension BenchCommand {
  /// Computes one shard.
  ///
  /// It writes no tables.
  func run(_ shard: Shard, of plan: RunPlan, folder: String, on console: Console) throws {
    let output = ShardFolder(folder).folder(of: shard)
    let work = try ShardRun(
      plan, output: output, scratch: parts.scratch, reuse: parts.reuse, interval: parts.copyEvery)
    let interruption = Interruption(of: work.runner, on: console)
    let watch = ProgressLine(work.runner, on: console)
    let result = Result { try work.run() }
    watch.end()
    interruption.end()
    let (summary, adopted) = try result.get()
    if let signal = interruption.signal, !summary.isComplete {
      console.note("stopped: \(RunSummaryText(summary).text); run the same command again to resume")
      throw ExitCode(128 + signal)
    }
    let taken = adopted > 0 ? ", \(adopted) taken over" : ""
    console.print(
      json
        ? try JSONText.encode(ShardRecord(output, shard, summary, adopted: adopted))
        : "\(output): shard \(shard), \(RunSummaryText(summary).text)\(taken)")
  }
}

/// The summary of a shard, for scripts.
private struct ShardRecord: Encodable {
  let folder: String
  let shard: String
  let units: Int
  let found: Int
  let shared: Int
  let adopted: Int
  let failed: Int
  let seconds: Double

  init(_ folder: String, _ shard: Shard, _ summary: RunSummary, adopted: Int) {
    self.folder = folder
    self.shard = "\(shard)"
    self.adopted = adopted
    units = summary.progress.done
    found = summary.progress.found
    shared = summary.progress.shared
    failed = summary.progress.failed
    seconds = summary.progress.seconds
  }
}
