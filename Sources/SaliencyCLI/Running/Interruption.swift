internal import Bench
internal import Dispatch
internal import Foundation
internal import Synchronization

/// Ends a run in order when the process is asked to end; the second request ends it at once.
///
/// What is being computed is finished and kept, so a scheduler's grace time of some seconds loses nothing.
final class Interruption {
  private let received = Received()
  private let sources: [any DispatchSourceSignal]

  init(of runner: Runner, on console: Console) {
    let queue = DispatchQueue(label: "interruption")
    sources = [SIGINT, SIGTERM].map { number in
      Foundation.signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: queue)
    }
    for (source, number) in zip(sources, [SIGINT, SIGTERM]) {
      source.setEventHandler { [received] in
        if received.note(number) { _exit(128 + number) }
        console.progress("")
        console.note("stopping when the units in work are finished; once more to stop at once")
        runner.stop()
      }
      source.resume()
    }
  }

  /// The signal that came; nil for none.
  var signal: Int32? { received.signal }

  /// Gives the signals their usual meaning again.
  func end() {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { Foundation.signal(number, SIG_DFL) }
  }
}

/// The signal that came, for any thread.
private final class Received: Sendable {
  private let first = Mutex<Int32?>(nil)

  var signal: Int32? { first.withLock(\.self) }

  /// - Returns: Whether one had come before.
  func note(_ signal: Int32) -> Bool {
    first.withLock { first in
      defer { first = first ?? signal }
      return first != nil
    }
  }
}
