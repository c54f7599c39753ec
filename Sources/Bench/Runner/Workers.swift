internal import Foundation
internal import Synchronization

/// Threads that all do the same, one of them the caller's.
///
/// Threads of our own, not tasks: units of work compute for seconds without a pause, which would starve everything else on
/// Swift's shared pool.
enum Workers {
  static func run(_ count: Int, _ body: @escaping @Sendable () -> Void) {
    let finished = DispatchGroup()
    for _ in 1..<max(count, 1) {
      finished.enter()
      let thread = Thread {
        body()
        finished.leave()
      }
      thread.stackSize = 16 << 20
      thread.start()
    }
    body()
    finished.wait()
  }
}

/// Something that is done again and again in the background.
final class Pulse: Sendable {
  private let isOver = Atomic<Bool>(false)

  init(every seconds: Double, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread { [self] in
      var next = Date().addingTimeInterval(seconds)
      while !isOver.load(ordering: .relaxed) {
        usleep(50_000)
        guard Date() >= next else { continue }
        body()
        next = Date().addingTimeInterval(seconds)
      }
    }
    thread.start()
  }

  func end() { isOver.store(true, ordering: .relaxed) }
}

/// What tells whether a file is still the same without reading it.
enum FileStamp {
  static func of(_ path: String) -> String {
    var found = stat()
    guard stat(path, &found) == 0 else { return "missing" }
    return "\(found.st_size) \(found.st_mtim.tv_sec).\(found.st_mtim.tv_nsec)"
  }
}
