internal import Foundation
internal import Support
internal import Synchronization

/// Calls listeners for signals on a thread of its own, where any code may run.
///
/// A signal handler only writes the signal's number into a pipe. libdispatch's sources are not used: without threads they
/// never fire, and the process could not be stopped.
final class SignalRelay: Sendable {
  /// Nil if the system has no thread or no pipe for it.
  static let shared = SignalRelay()

  private let listeners = Mutex<[ObjectIdentifier: @Sendable (Int32) -> Void]>([:])

  private init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    entrance.store(ends[1], ordering: .relaxed)
    let exit = ends[0]
    guard WorkerThread.start({ [self] in pass(from: exit) }) else {
      ends.forEach { close($0) }
      return nil
    }
  }

  /// Calls `body` for each of some signals that comes from now on.
  func listen(_ listener: ObjectIdentifier, to signals: [Int32], _ body: @escaping @Sendable (Int32) -> Void)
  {
    listeners.withLock { $0[listener] = body }
    for number in signals {
      Foundation.signal(number) { number in
        let before = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(entrance.load(ordering: .relaxed), &byte, 1)
        errno = before
      }
    }
  }

  func remove(_ listener: ObjectIdentifier) { listeners.withLock { $0[listener] = nil } }

  private func pass(from exit: Int32) {
    var byte: UInt8 = 0
    while true {
      let count = read(exit, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1 else { return }
      for body in Array(listeners.withLock(\.self).values) { body(Int32(byte)) }
    }
  }
}

/// The end of the pipe that the handler writes to: a global, because a handler takes no context.
private let entrance = Atomic<Int32>(-1)
