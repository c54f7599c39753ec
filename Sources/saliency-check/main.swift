import ArgumentParser

/// Checks of the toolkit itself that are too long for its tests.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "saliency-check",
    abstract: "Long checks of the toolkit itself.",
    subcommands: [Zoo.self, LoadTime.self, FuzzCommand.self, Scale.self])
}

Check.main()
