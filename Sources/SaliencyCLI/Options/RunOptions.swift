internal import ArgumentParser
internal import SaliencyCore

/// Options of commands that compute for some time.
struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The threads that one layer may use (default: every processor).", valueName: "count"))
  var threads: Int?

  @OptionGroup var output: ConsoleOptions

  func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads: found \(threads), expected at least 1")
    }
  }

  /// Applies the options to this process.
  ///
  /// - Returns: The console to write to.
  func console() -> Console {
    if let threads { Execution.threads = threads }
    return output.console
  }
}

/// How much a command writes to standard error.
struct ConsoleOptions: ParsableArguments {
  @Flag(name: [.customShort("q"), .long], help: "Print no progress, remarks, or warnings; errors only.")
  var quiet = false

  @Flag(help: "Print progress and details as lines, to a terminal or a file.")
  var verbose = false

  func validate() throws {
    if quiet, verbose { throw ValidationError("--quiet and --verbose are given; give one of them") }
  }

  /// The console to write to.
  var console: Console { Invocation.current.console.with(quiet: quiet, verbose: verbose) }
}
