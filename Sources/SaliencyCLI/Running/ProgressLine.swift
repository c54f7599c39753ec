internal import Bench
internal import Foundation
internal import Support
internal import Synchronization

/// The progress of work on other threads: a line that changes four times a second on a terminal, or, if the console is verbose, a
/// line every ten seconds.
final class ProgressLine: Sendable {
  private let isOver = Atomic<Bool>(false)
  private let console: Console

  /// - Parameter line: The present text; called on another thread.
  init(on console: Console, line: @escaping @Sendable () -> String) {
    self.console = console
    guard console.isWatched || console.isVerbose else { return }
    let thread = Thread { [self] in
      while !isOver.load(ordering: .relaxed) {
        console.progress(line())
        console.detail(line())
        usleep(console.isVerbose ? 10_000_000 : 250_000)
      }
    }
    thread.start()
  }

  /// The progress of a run.
  convenience init(_ runner: Runner, on console: Console) {
    self.init(on: console) { Self.text(runner.progress) }
  }

  /// Removes the line.
  func end() {
    isOver.store(true, ordering: .relaxed)
    console.progress("")
  }

  private static func text(_ progress: RunProgress) -> String {
    let percent = progress.total > 0 ? 100 * progress.done / progress.total : 100
    var text = "\(progress.done) of \(progress.total) units (\(percent)%)"
    if progress.failed > 0 { text += ", \(progress.failed) failed" }
    if let left = progress.secondsLeft {
      text += ", \(pace(progress.rate)), \(NumberText.time(left)) left"
    }
    return text
  }

  /// Units for each second, or for each minute if it is less than one in ten seconds.
  static func pace(_ rate: Double) -> String {
    rate < 0.1
      ? "\(NumberText.fixed(rate * 60, 1))/min" : "\(NumberText.fixed(rate, rate < 10 ? 1 : 0))/s"
  }
}
