internal import ArgumentParser
internal import SaliencyCore

/// Options of commands that compute for some time.
struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The threads that one layer may use (default: every processor).", valueName: "count"))
  var threads: Int?

  @Flag(name: [.customShort("q"), .long], help: "Print no progress, remarks, or warnings; errors only.")
  var quiet = false

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
    return Invocation.current.console.quiet(quiet)
  }
}
