internal import ArgumentParser
internal import Bench
internal import Foundation
internal import SaliencyCore

/// `saliency tables`: a run's tables again, in any format.
struct TablesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tables",
    abstract: "Prints the tables of a run.",
    discussion: "Example: saliency tables results/scenes --format latex > tables.tex")

  @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp(
      "\(TableFormat.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "format"),
    transform: { try choice($0) })
  var format = TableFormat.markdown

  func run() throws {
    let invocation = Invocation.current
    let text = try RunFolder(folder).table(format, catalogs: invocation.catalogs)
    invocation.console.print(text.hasSuffix("\n") ? String(text.dropLast()) : text)
  }
}
