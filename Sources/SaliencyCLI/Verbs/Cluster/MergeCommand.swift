internal import ArgumentParser
internal import Bench
internal import Foundation

/// `saliency cluster merge`: merges the stores of shards to a run.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Merge the stores of shards, and write the run's tables, figures and report.",
    discussion: """
      Example: saliency cluster merge results/scenes/shards/* --output results/scenes
      The stores must have been computed from the same weights, images, parameters and program. Results in several stores are \
      compared. The exit code is 1 if results are missing. Run the same command again to resume an interrupted merge.
      """)

  @Argument(
    help: ArgumentHelp("The folders of shards, or folders of those.", valueName: "store"),
    completion: .directory)
  var stores: [String]

  @Option(
    name: [.customShort("o"), .long], help: ArgumentHelp("The folder of the run.", valueName: "run"),
    completion: .directory)
  var output: String

  @Option(
    help: ArgumentHelp("Where to build the run's store (default: the run's folder).", valueName: "folder"),
    completion: .directory)
  var scratch: String?

  @Flag(help: "Write no tables, figures and report; `saliency report` writes them later.")
  var storeOnly = false

  @OptionGroup(title: "Running") var running: ConsoleOptions

  @Flag(help: "Print the summary as JSON.")
  var json = false

  func run() throws {
    let invocation = Invocation.current
    let console = running.console
    let merge = try StoreMerge(stores, output: output, scratch: scratch)
    let interruption = Interruption(
      on: console, note: "stopping after the rows in work; repeat to stop at once"
    ) {
      merge.stop()
    }
    let watch = ProgressLine(on: console) {
      let now = merge.progress
      return "store \(now.source) of \(now.sources), \(now.units + now.present) units"
    }
    let result = Result { try merge.run() }
    watch.end()
    interruption.end()
    guard let summary = try result.get() else {
      console.note("stopped; run the same command again to resume")
      throw ExitCode(128 + (interruption.signal ?? SIGTERM))
    }
    var written = RunFolder.Written()
    if summary.missing == 0, !storeOnly {
      written = try RunFolder(output).writeResults(catalogs: invocation.catalogs)
    }
    console.print(
      json ? try JSONText.encode(MergeRecord(output, summary, written.files)) : sentence(summary))
    guard summary.missing == 0 else { throw GapsError(output: output, summary: summary) }
    if let error = WholeFailureError(written.failures, in: output) { throw error }
  }

  private func sentence(_ summary: MergeSummary) -> String {
    let progress = summary.progress
    var parts = ["\(summary.units) of \(summary.expected) units from \(progress.sources) stores"]
    if progress.units + progress.present == 0 { parts.append("all merged before") }
    if progress.present > 0 { parts.append("\(progress.present) in more than one, and equal") }
    return "\(output): \(parts.joined(separator: ", "))"
  }
}

/// Units of a run are missing.
struct GapsError: Error, CustomStringConvertible {
  let output: String
  let summary: MergeSummary

  var description: String {
    let shown = summary.gaps.prefix(5).joined(separator: "; ")
    let more = summary.gaps.count > 5 ? "; and \(summary.gaps.count - 5) shards more" : ""
    return
      "\(output): \(summary.missing) of \(summary.expected) units are missing (\(shown)\(more)); compute them "
      + "(`saliency cluster submit --missing`, or `saliency bench --shard`) and merge again, or write the tables of what is there with "
      + "`saliency report \(output)`"
  }
}

/// The summary of a merge, for scripts.
private struct MergeRecord: Encodable {
  let folder: String
  let stores: Int
  let units: Int
  let expected: Int
  let missing: Int
  let overlapping: Int
  let gaps: [String]
  let files: [String]

  init(_ folder: String, _ summary: MergeSummary, _ files: [String]) {
    self.folder = folder
    self.files = files
    stores = summary.progress.sources
    units = summary.units
    expected = summary.expected
    missing = summary.missing
    overlapping = summary.progress.present
    gaps = summary.gaps
  }
}
