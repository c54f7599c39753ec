internal import Bench
internal import Foundation
internal import Synchronization

/// Stops a run at SIGINT or SIGTERM after the units in work; a second signal ends the process at once.
///
/// Units in work are finished and stored, so a scheduler's grace time of some seconds loses nothing. A second SIGTERM within ten
/// seconds counts as the first: schedulers send it to a job's shell and to the shell's children, and the shell passes it on.
/// If the system has no thread to wait for signals, they end the process; a killed run can be resumed too.
final class Interruption {
  private let received = Received()
  private static let signals = [SIGINT, SIGTERM]

  convenience init(of runner: Runner, on console: Console) {
    self.init(on: console, note: "stopping after the units in work; repeat to stop at once") {
      runner.stop()
    }
  }

  /// - Parameters:
  ///   - note: Printed at the first signal.
  ///   - stop: Stops the work.
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

  /// The received signal; nil for none.
  var signal: Int32? { received.signal }

  /// Restores the default handlers.
  ///
  /// After a SIGTERM another one is ignored: it may come while the program ends, and must not
  /// change the exit code.
  func end() {
    SignalRelay.shared?.remove(ObjectIdentifier(self))
    Foundation.signal(SIGINT, SIG_DFL)
    Foundation.signal(SIGTERM, signal == SIGTERM ? SIG_IGN : SIG_DFL)
  }
}

/// The received signal, for any thread.
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
