internal import ArgumentParser
internal import Bench
internal import Foundation

/// `saliency report`: a run's files again, from its store.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the tables, figures and report of a run again, from its store alone.",
    discussion: "Example: saliency report results/scenes")

  @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "The folder to write to (default: the run's).",
      valueName: "folder"),
    completion: .directory)
  var output: String?

  @OptionGroup(title: "Running") var running: ConsoleOptions

  func run() throws {
    let console = running.console
    let written = try RunFolder(folder).writeResults(catalogs: Invocation.current.catalogs, to: output)
    let place = (output ?? folder) as NSString
    written.failures.map(\.description).forEach(console.note)
    console.print(
      written.files.map { place.appendingPathComponent($0) }.joined(separator: "\n"))
  }
}
