internal import Foundation
internal import Synchronization

/// Memory for tensors and workspaces, kept for the next of about the same size when one is done with.
///
/// A network needs the same buffers at every pass. Handing them back to the system between layers costs a page fault for
/// every 4 KB, which is more than many layers take. What is kept idle is bounded.
final class BufferPool: Sendable {
  static let shared = BufferPool(idleLimit: 256 << 20)

  /// Smaller buffers come from the allocator, which is good at them.
  private static let smallest = 32 << 10
  /// From here on, buffers start on a page of 2 MB, where the system has them: a fault for each 4 KB of packed weights
  /// takes three times as long as packing them.
  private static let huge = 2 << 20

  fileprivate struct Buffer: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
    let bytes: Int
  }

  fileprivate struct State: Sendable {
    /// Oldest first.
    var idle: [Buffer] = []
    var idleBytes = 0
  }

  private let idleLimit: Int
  private let state = Mutex(State())

  init(idleLimit: Int) { self.idleLimit = idleLimit }

  /// Room for at least `bytes`, aligned to a cache line; its size is what `giveBack` wants to know.
  func take(_ bytes: Int) -> (start: UnsafeMutableRawPointer, bytes: Int) {
    let wanted = Self.rounded(max(bytes, 1))
    if wanted >= Self.smallest, let found = state.withLock({ $0.bestFit(wanted) }) {
      return (found.start, found.bytes)
    }
    let alignment = wanted >= Self.huge ? 2 << 20 : 64
    guard let start = aligned_alloc(alignment, wanted) else {
      preconditionFailure("out of memory: a buffer of \(wanted) bytes")
    }
    if wanted >= Self.huge { Self.askForHugePages(start, wanted) }
    return (start, wanted)
  }

  func giveBack(_ start: UnsafeMutableRawPointer, bytes: Int) {
    guard bytes >= Self.smallest, bytes <= idleLimit / 2 else { return free(start) }
    let dropped = state.withLock { $0.keep(Buffer(start: start, bytes: bytes), limit: idleLimit) }
    for buffer in dropped { free(buffer.start) }
  }

  /// Frees what is kept idle.
  func drain() {
    for buffer in state.withLock({ $0.removeAll() }) { free(buffer.start) }
  }

  /// Calls `body` with uninitialised room for `count` floats.
  func withFloats<R>(_ count: Int, _ body: (UnsafeMutablePointer<Float>) throws -> R) rethrows -> R {
    let buffer = take(count * MemoryLayout<Float>.stride)
    defer { giveBack(buffer.start, bytes: buffer.bytes) }
    return try body(buffer.start.bindMemory(to: Float.self, capacity: count))
  }

  private static func rounded(_ bytes: Int) -> Int {
    let unit = bytes >= smallest ? 4 << 10 : 64
    return (bytes + unit - 1) / unit * unit
  }

  private static func askForHugePages(_ start: UnsafeMutableRawPointer, _ bytes: Int) {
    #if os(Linux)
      // A wish: where it is refused, memory is as it was.
      _ = madvise(start, bytes, 14)  // MADV_HUGEPAGE, which Swift's Glibc does not name.
    #endif
  }
}

extension BufferPool.State {
  fileprivate mutating func removeAll() -> [BufferPool.Buffer] {
    defer { (idle, idleBytes) = ([], 0) }
    return idle
  }

  /// The smallest idle buffer that is large enough and not more than a quarter too large.
  fileprivate mutating func bestFit(_ wanted: Int) -> BufferPool.Buffer? {
    var best: Int?
    for (i, buffer) in idle.enumerated() where buffer.bytes >= wanted && buffer.bytes <= wanted + wanted / 4 {
      if let known = best, idle[known].bytes <= buffer.bytes { continue }
      best = i
    }
    guard let best else { return nil }
    let found = idle.remove(at: best)
    idleBytes -= found.bytes
    return found
  }

  /// Keeps a buffer and returns those that no longer fit under the limit.
  fileprivate mutating func keep(_ buffer: BufferPool.Buffer, limit: Int) -> [BufferPool.Buffer] {
    idle.append(buffer)
    idleBytes += buffer.bytes
    var dropped: [BufferPool.Buffer] = []
    while idleBytes > limit {
      let oldest = idle.removeFirst()
      idleBytes -= oldest.bytes
      dropped.append(oldest)
    }
    return dropped
  }
}
