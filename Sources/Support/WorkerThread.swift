internal import Foundation
internal import Synchronization

/// Threads of the system.
///
/// Foundation's `Thread` does not report that a thread could not be started, and libdispatch waits for one without end; so neither is
/// used if work waits for a thread. Limits of processes (`ulimit -u`) and of memory (`ulimit -v`) are reasons.
package enum WorkerThread {
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs `body` on a new thread.
  ///
  /// - Returns: false if the system starts no thread; then `body` does not run.
  @discardableResult
  package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    defer { attributes.deallocate() }
    guard pthread_attr_init(attributes) == 0 else { return false }
    defer { pthread_attr_destroy(attributes) }
    pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
    // Units of work call deep into networks.
    pthread_attr_setstacksize(attributes, 16 << 20)
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(body))
    let failure = pthread_create(
      &thread, attributes,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    if failure != 0 { work.release() }
    return failure == 0
  }

  /// Runs `body` on `count` threads, of which one is the caller's, or on as many as the system starts; returns when all have ended.
  package static func run(_ count: Int, _ body: @escaping @Sendable () -> Void) {
    let finished = DispatchGroup()
    for _ in 1..<max(count, 1) {
      finished.enter()
      let isStarted = start {
        body()
        finished.leave()
      }
      guard isStarted else {
        finished.leave()
        break
      }
    }
    body()
    finished.wait()
  }

  /// What `body` gives for each of 0..<count, computed on the caller's thread and on others.
  package static func map<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) -> Value
  ) -> [Value] {
    let results = Results<Value>(count)
    run(min(count, ProcessInfo.processInfo.activeProcessorCount)) {
      while let i = results.next() { results.keep(body(i), at: i) }
    }
    return results.values
  }

  /// Hands out the numbers, and keeps what was computed for each.
  private final class Results<Value: Sendable>: Sendable {
    private let state: Mutex<(next: Int, values: [Value?])>

    init(_ count: Int) { state = Mutex((0, Array(repeating: nil, count: count))) }

    func next() -> Int? {
      state.withLock { state in
        guard state.next < state.values.count else { return nil }
        state.next += 1
        return state.next - 1
      }
    }

    func keep(_ value: Value, at index: Int) { state.withLock { $0.values[index] = value } }

    var values: [Value] { state.withLock { $0.values.compactMap(\.self) } }
  }
}
