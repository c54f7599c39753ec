internal import Foundation
internal import Support
internal import Synchronization

/// Something that is done again and again in the background.
final class Pulse: Sendable {
  private let isOver = Atomic<Bool>(false)

  init(every seconds: Double, _ body: @escaping @Sendable () -> Void) {
    // Without a thread, what would be done again is not done; claims then expire as those of a killed process do.
    WorkerThread.start { [self] in
      var next = Date().addingTimeInterval(seconds)
      while !isOver.load(ordering: .relaxed) {
        usleep(50_000)
        guard Date() >= next else { continue }
        body()
        next = Date().addingTimeInterval(seconds)
      }
    }
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

  /// The size of a file in bytes; 0 if there is none.
  static func size(of path: String) -> Int {
    var found = stat()
    return stat(path, &found) == 0 ? Int(found.st_size) : 0
  }
}
