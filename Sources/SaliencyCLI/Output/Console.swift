internal import Bench
internal import Foundation
internal import Pipeline
internal import Synchronization

/// Where a command writes: results to one stream; progress, remarks and errors to another.
public struct Console: Sendable {
  private let output: @Sendable (String) -> Void
  private let errors: @Sendable (String) -> Void
  private let finish: @Sendable () -> Bool
  /// Whether progress is shown: the stream of errors is a terminal.
  private(set) var isWatched: Bool
  /// Whether remarks and warnings are left out.
  private var isQuiet = false
  /// Whether progress and details are written as lines.
  private(set) var isVerbose = false

  /// A console of closures, each given text with its line ends.
  public init(
    isWatched: Bool = false, output: @escaping @Sendable (String) -> Void,
    errors: @escaping @Sendable (String) -> Void
  ) {
    self.init(isWatched: isWatched, output: output, errors: errors, finish: { true })
  }

  private init(
    isWatched: Bool, output: @escaping @Sendable (String) -> Void,
    errors: @escaping @Sendable (String) -> Void,
    finish: @escaping @Sendable () -> Bool
  ) {
    self.isWatched = isWatched
    self.output = output
    self.errors = errors
    self.finish = finish
  }

  /// The process's own standard output and error.
  public static let standard: Console = {
    let isWhole = Mutex(true)
    return Console(
      isWatched: isatty(STDERR_FILENO) == 1,
      output: { text in
        if !write(text, to: STDOUT_FILENO) { isWhole.withLock { $0 = false } }
      },
      errors: { _ = write($0, to: STDERR_FILENO) },
      finish: { isWhole.withLock(\.self) })
  }()

  /// Writes every byte; false if that failed.
  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = Foundation.write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        done += count
      }
      return true
    }
  }

  /// Writes a result, as a line or lines.
  func print(_ text: String) { output(text + "\n") }

  /// Writes an error, as a line or lines.
  func note(_ text: String) { errors(text + "\n") }

  /// Writes a remark or a warning, as a line or lines.
  func remark(_ text: String) { if !isQuiet { note(text) } }

  /// Writes progress or a detail, as a line or lines, if the console is verbose.
  func detail(_ text: String) { if isVerbose { note(text) } }

  /// The console without progress, remarks, and warnings; or with progress as lines.
  func with(quiet: Bool, verbose: Bool) -> Console {
    var console = self
    console.isQuiet = quiet
    console.isVerbose = verbose
    if quiet || verbose { console.isWatched = false }
    return console
  }

  /// Writes the images that could not be used.
  ///
  /// - Throws: `ImagesFailed` if there are any.
  func report(_ failures: ImageFailures) throws {
    do throws(ImagesFailed) { try failures.check() } catch {
      report(error)
      throw error
    }
  }

  /// Writes a line for each image that could not be used.
  func report(_ error: ImagesFailed) { for sentence in error.sentences { note("error: \(sentence)") } }

  /// Writes over the line of progress.
  func progress(_ text: String) { if isWatched { errors("\r\u{1B}[K" + text) } }

  /// Checks that all output is written.
  ///
  /// - Returns: The exit code of a command that succeeded.
  /// - Throws: `OutputError` if it could not be written: a full disk.
  func finished() throws(OutputError) -> Int32 {
    guard finish() else { throw OutputError() }
    return 0
  }
}

/// Standard output could not be written.
struct OutputError: Error, CustomStringConvertible {
  var description: String { "standard output cannot be written; is the disk full?" }
}
