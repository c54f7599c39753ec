internal import ArgumentParser
internal import Bench
internal import Cluster
internal import Foundation
internal import Pipeline
internal import Support

/// `saliency cluster status`: the progress of a sharded run.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show the progress of a sharded run, from the stores in its folder.",
    discussion: """
      Example: saliency cluster status results/imagenet
      A shard is done, running, stopped (interrupted; it resumes when its task starts again), failed (three times; with the \
      reason), or missing.
      """)

  @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp(
      "The number of shards, if the work was divided more than once (default: that of the last division).",
      valueName: "count"))
  var array: Int?

  @OptionGroup(title: "Running") var running: ConsoleOptions

  @Flag(help: "Print every shard as JSON.")
  var json = false

  func validate() throws {
    try Shard.validate(count: array)
  }

  func run() throws {
    let console = running.console
    let status = try RunStatus(of: folder, count: array)
    console.print(json ? try JSONText.encode(status) : StatusWords(status, folder: folder).text)
  }
}

/// The state of a run in lines.
struct StatusWords {
  private let status: RunStatus
  private let folder: String

  init(_ status: RunStatus, folder: String) {
    self.status = status
    self.folder = folder
  }

  var text: String {
    var lines = [heading]
    for state in ShardState.allCases {
      let shards = status.shards(state)
      guard !shards.isEmpty else { continue }
      let list = shards.count == status.shards ? "" : " (\(Self.shortened(NumberRanges.text(shards))))"
      lines.append("  \(state.rawValue): \(shards.count) of \(status.shards) shards\(list)")
    }
    lines += status.parts.filter { $0.failures > 0 && $0.state != .done }.prefix(20).map {
      "  shard \($0.shard) failed \($0.failures) \($0.failures == 1 ? "time" : "times"), the last: \($0.reason ?? "")"
    }
    lines.append(advice)
    return lines.joined(separator: "\n")
  }

  private var heading: String {
    let percent = status.units > 0 ? 100 * status.done / status.units : 0
    var text = "\(folder): \(status.done) of \(status.units) units (\(percent)%)"
    if let left = status.secondsLeft, status.done < status.units {
      text += ", \(ProgressLine.pace(status.rate)), \(NumberText.time(left)) left"
    }
    return text
  }

  private var advice: String {
    if status.shards(.done).count == status.shards {
      return status.isMerged
        ? "  merged: \(folder)/table.csv"
        : "  to merge them: saliency cluster merge \(folder)/shards/* --output \(folder)"
    }
    return status.shards(.running).isEmpty
      ? "  nothing runs; `saliency cluster submit --missing` submits what is not done" : "  at work"
  }

  private static func shortened(_ text: String) -> String { text.count > 60 ? text.prefix(57) + "..." : text }
}
