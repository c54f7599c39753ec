internal import ArgumentParser
internal import Bench
public import Configuration
internal import Foundation
public import Methods
public import Metrics
public import SaliencyCore
internal import Support

/// The command line as a library: a package runs it with its own methods and metrics.
///
///     import Methods
///     import SaliencyCLI
///
///     await SaliencyTool.main(methods: .standard.adding(MyMethod.self))
public enum SaliencyTool {
  /// The version of the toolkit, as `saliency --version` prints it and results record it.
  public static let version = Toolkit.version

  /// Runs the command of this process's arguments and ends the process with its exit code.
  ///
  /// - Parameters:
  ///   - methods: The methods that can be named.
  ///   - metrics: The metrics that can be named.
  public nonisolated(nonsending) static func main(
    methods: MethodCatalog = .standard, metrics: MetricCatalog = .standard
  ) async -> Never {
    if MemoryLimit.exists { MemoryLimit.replaceTraps() }
    Execution.exitsWithoutMemory = true
    let status = await run(Array(CommandLine.arguments.dropFirst()), methods: methods, metrics: metrics)
    exit(status)
  }

  /// Runs one command, on the caller's thread: Swift's pool of threads waits without end where the system starts none.
  ///
  /// - Parameters:
  ///   - arguments: The arguments, without the program's name.
  ///   - methods: The methods that can be named.
  ///   - metrics: The metrics that can be named.
  ///   - console: Where output goes.
  /// - Returns: The exit code: 0, 1 where data is bad, 64 where the command is wrong.
  public nonisolated(nonsending) static func run(
    _ arguments: [String], methods: MethodCatalog = .standard, metrics: MetricCatalog = .standard,
    console: Console = .standard
  ) async -> Int32 {
    let invocation = Invocation(methods: methods, metrics: metrics, console: console)
    do {
      try checkEnvironment()
      try checkVerb(of: arguments)
      let isDone = try Invocation.$current.withValue(invocation) {
        var command = try SaliencyCommand.parseAsRoot(arguments)
        if command is any AsyncParsableCommand { return false }
        try command.run()
        return true
      }
      if !isDone { try await runOnThePool(arguments, invocation) }
      return try console.finished()
    } catch {
      return Failure(error, arguments: arguments).report(to: console)
    }
  }

  private static func checkEnvironment() throws {
    do {
      try Execution.checkEnvironment()
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// Runs a command that waits for something, such as a download.
  @concurrent private static func runOnThePool(_ arguments: [String], _ invocation: Invocation) async throws {
    try await Invocation.$current.withValue(invocation) {
      guard var command = try SaliencyCommand.parseAsRoot(arguments) as? any AsyncParsableCommand else {
        return
      }
      try await command.run()
    }
  }

  /// Refuses an unknown command, and names the nearest one.
  private static func checkVerb(of arguments: [String]) throws {
    guard let verb = arguments.first, !verb.hasPrefix("-"), !Verbs.names.contains(verb) else { return }
    if let sentence = RenamedOptions.sentence(forCommand: verb) { throw ValidationError(sentence) }
    throw ValidationError(
      "no command is called \"\(verb)\"\(suggestion(for: verb, among: Verbs.names)) "
        + "(commands: \(Verbs.names.joined(separator: ", ")))")
  }
}
