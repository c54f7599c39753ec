internal import ArgumentParser
internal import Bench
internal import Foundation

/// `saliency report`: a run's files again, from its store.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes the tables, figures and report of a run again, from its store alone.",
    discussion: "Example: saliency report results/scenes")

  @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run"), completion: .directory)
  var folder: String

  func run() throws {
    let invocation = Invocation.current
    let written = try RunFolder(folder).writeResults(catalogs: invocation.catalogs)
    (written.failures.map(\.description) + written.remarks).forEach(invocation.console.note)
    invocation.console.print(
      written.files.map { (folder as NSString).appendingPathComponent($0) }.joined(separator: "\n"))
  }
}
