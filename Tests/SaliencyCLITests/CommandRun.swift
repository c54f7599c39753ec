import Bench
import Methods
import SaliencyCLI
import SaliencyCore
import Synchronization

@testable import Metrics

/// What a command printed and how it ended, run in this process.
struct CommandRun: Sendable {
  let exitCode: Int32
  let output: String
  let errors: String

  /// Runs a command as the executable would, but for its streams.
  init(_ arguments: String..., methods: MethodCatalog = .standard) async {
    await self.init(arguments, methods: methods)
  }

  init(
    _ arguments: [String], methods: MethodCatalog = .standard, metrics: MetricCatalog = .standard
  ) async {
    let streams = Streams()
    exitCode = await SaliencyTool.run(
      arguments, methods: methods, metrics: metrics,
      console: Console(output: { streams.append(output: $0) }, errors: { streams.append(errors: $0) }))
    (output, errors) = streams.texts
  }

  /// The only line of the errors, without its line end; the whole text where there is not exactly one.
  var complaint: String {
    let lines = errors.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.count == 2 && lines[1].isEmpty ? String(lines[0]) : errors
  }
}

private final class Streams: Sendable {
  private let held = Mutex((output: "", errors: ""))

  func append(output text: String) { held.withLock { $0.output += text } }
  func append(errors text: String) { held.withLock { $0.errors += text } }
  var texts: (output: String, errors: String) { held.withLock(\.self) }
}
