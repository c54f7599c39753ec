internal import Bench
internal import Foundation
internal import Pipeline
internal import Synchronization

/// Tells a watcher how far a run has come, some times a second.
final class RunWatch: Sendable {
  private let isOver = Atomic<Bool>(false)
  private let console: Console

  init(_ runner: Runner, on console: Console) {
    self.console = console
    guard console.isWatched else { return }
    let thread = Thread { [self] in
      while !isOver.load(ordering: .relaxed) {
        console.progress(Self.line(runner.progress))
        usleep(250_000)
      }
    }
    thread.start()
  }

  /// Removes the line.
  func end() {
    isOver.store(true, ordering: .relaxed)
    console.progress("")
  }

  static func line(_ progress: RunProgress) -> String {
    let percent = progress.total > 0 ? 100 * progress.done / progress.total : 100
    var text = "\(progress.done) of \(progress.total) units (\(percent)%)"
    if progress.failed > 0 { text += ", \(progress.failed) failed" }
    if let left = progress.secondsLeft {
      text += ", \(pace(progress.rate)), \(time(left)) left"
    }
    return text
  }

  /// Units a second, or a minute where there is not one in ten seconds.
  static func pace(_ rate: Double) -> String {
    rate < 0.1 ? "\(Decimals.fixed(rate * 60, 1))/min" : "\(Decimals.fixed(rate, rate < 10 ? 1 : 0))/s"
  }

  static func time(_ seconds: Double) -> String {
    let whole = Int(min(seconds.rounded(.up), 1e9))
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
