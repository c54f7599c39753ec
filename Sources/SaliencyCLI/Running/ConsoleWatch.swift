internal import Foundation
internal import Synchronization

/// Shows a line of progress to a watcher, some times a second.
final class ConsoleWatch: Sendable {
  private let isOver = Atomic<Bool>(false)
  private let console: Console

  init(on console: Console, line: @escaping @Sendable () -> String) {
    self.console = console
    guard console.isWatched else { return }
    let thread = Thread { [self] in
      while !isOver.load(ordering: .relaxed) {
        console.progress(line())
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
}
