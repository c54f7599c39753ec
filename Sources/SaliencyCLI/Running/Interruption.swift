internal import Bench
internal import Foundation
internal import Synchronization

/// Ends a run in order when the process is asked to end; the second request ends it at once.
///
/// What is being computed is finished and kept, so a scheduler's grace time of some seconds loses nothing. A second SIGTERM within ten
/// seconds is taken for the first: schedulers send it to a job's shell and to what the shell has started, and the shell passes it on.
/// If the system has no thread to wait for signals, they keep their usual meaning: a killed run resumes too.
final class Interruption {
  private let received = Received()
  private static let signals = [SIGINT, SIGTERM]

  convenience init(of runner: Runner, on console: Console) {
    self.init(on: console, note: "stopping when the units in work are finished; once more to stop at once") {
      runner.stop()
    }
  }

  /// - Parameters:
  ///   - note: What the user is told at the first request.
  ///   - stop: Asks the work to end.
  init(on console: Console, note: String, stop: @escaping @Sendable () -> Void) {
    SignalRelay.shared?.listen(ObjectIdentifier(self), to: Self.signals) { [received] number in
      switch received.note(number) {
      case .first:
        console.progress("")
        console.note(note)
        stop()
      case .repeated: break
      case .second: _exit(128 + number)
      }
    }
  }

  /// The signal that came; nil for none.
  var signal: Int32? { received.signal }

  /// Gives the signals their usual meaning again; but a SIGTERM that came may come once more while the program ends, and
  /// must not take the exit code's place.
  func end() {
    SignalRelay.shared?.remove(ObjectIdentifier(self))
    Foundation.signal(SIGINT, SIG_DFL)
    Foundation.signal(SIGTERM, signal == SIGTERM ? SIG_IGN : SIG_DFL)
  }
}

/// The signal that came, for any thread.
private final class Received: Sendable {
  enum Meaning { case first, repeated, second }

  private let first = Mutex<(signal: Int32, time: ContinuousClock.Instant)?>(nil)

  var signal: Int32? { first.withLock { $0?.signal } }

  func note(_ signal: Int32) -> Meaning {
    first.withLock { first in
      let now = ContinuousClock.now
      guard let known = first else {
        first = (signal, now)
        return .first
      }
      return signal == SIGTERM && known.signal == SIGTERM && now - known.time < .seconds(10)
        ? .repeated : .second
    }
  }
}
