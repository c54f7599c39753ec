import ArgumentParser
import Foundation

/// Checks of the toolkit itself that are too long for its tests.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "saliency-check",
    abstract: "Long checks of the toolkit itself.",
    subcommands: [Zoo.self, LoadTime.self, FuzzCommand.self, Scale.self])
}

do {
  var command = try Check.parseAsRoot()
  try command.run()
} catch let error as CocoaError {
  // Foundation's errors print as a dump of their insides.
  let file = error.filePath.map { "\($0): " } ?? ""
  FileHandle.standardError.write(Data("error: \(file)\(error.localizedDescription)\n".utf8))
  exit(1)
} catch {
  Check.exit(withError: error)
}
