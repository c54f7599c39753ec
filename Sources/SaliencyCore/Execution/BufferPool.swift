internal import Foundation
internal import Synchronization

/// Memory for tensors and workspaces, kept for the next of about the same size when one is done with.
///
/// A network needs the same buffers at every pass. Handing them back to the system between layers costs a page fault for
/// every 4 KB, which is more than many layers take. What is kept idle is bounded: with what is in use it never exceeds
/// what was once in use at the same time by more than an eighth (or a small limit), so that keeping it costs next to no
/// memory at the peak.
final class BufferPool: Sendable {
  static let shared = BufferPool(smallLimit: 64 << 20)

  /// Smaller buffers come from the allocator, which is good at them.
  private static let smallest = 32 << 10
  /// Larger ones are weights, which nobody needs again.
  private static let largest = 128 << 20

  fileprivate struct Buffer: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
    let bytes: Int
  }

  fileprivate struct State: Sendable {
    /// Oldest first.
    var idle: [Buffer] = []
    var idleBytes = 0
    var usedBytes = 0
    /// The most bytes that were in use at once.
    var mostUsed = 0
    /// How many buffers came from the system.
    var made = 0
  }

  private let smallLimit: Int
  private let state = BriefLock(State())

  /// - Parameter smallLimit: What may be held in any case, however little was ever in use.
  init(smallLimit: Int) { self.smallLimit = smallLimit }

  /// Room for at least `bytes`, aligned to a cache line; its size is what `giveBack` wants to know.
  func take(_ bytes: Int) -> (start: UnsafeMutableRawPointer, bytes: Int) {
    let wanted = Self.rounded(max(bytes, 1))
    guard Self.isKept(wanted) else { return (Self.allocate(wanted), wanted) }
    let (found, dropped) = state.withLock { $0.take(wanted, smallLimit: smallLimit) }
    for buffer in dropped { Self.release(buffer.start, buffer.bytes) }
    if let found { return (found.start, found.bytes) }
    return (Self.allocate(wanted), wanted)
  }

  func giveBack(_ start: UnsafeMutableRawPointer, bytes: Int) {
    guard Self.isKept(bytes) else { return Self.release(start, bytes) }
    let dropped = state.withLock { $0.giveBack(Buffer(start: start, bytes: bytes), smallLimit: smallLimit) }
    for buffer in dropped { Self.release(buffer.start, buffer.bytes) }
  }

  /// Frees what is kept idle, and forgets how much was once in use.
  func drain() {
    for buffer in state.withLock({ $0.drain() }) { Self.release(buffer.start, buffer.bytes) }
  }

  /// How many buffers were asked of the system so far, small ones not counted.
  var madeCount: Int { state.withLock { $0.made } }

  /// Bytes in use and kept idle, small buffers not counted.
  var heldBytes: Int { state.withLock { $0.usedBytes + $0.idleBytes } }

  /// Calls `body` with uninitialised room for `count` floats, nil for none.
  func withFloats<R>(_ count: Int, _ body: (UnsafeMutablePointer<Float>?) throws -> R) rethrows -> R {
    guard count > 0 else { return try body(nil) }
    let buffer = take(count * MemoryLayout<Float>.stride)
    defer { giveBack(buffer.start, bytes: buffer.bytes) }
    return try body(buffer.start.bindMemory(to: Float.self, capacity: count))
  }

  private static func isKept(_ bytes: Int) -> Bool { bytes >= smallest && bytes <= largest }

  /// Of all pools.
  private static let slabs = BriefLock(Slabs())

  private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    let start =
      switch bytes {
      case ..<smallest: aligned_alloc(64, bytes)
      case ...Slabs.largest:
        slabs.withLock { $0.take(bytes) }.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
      default: Pages.map(bytes)
      }
    guard let start else { preconditionFailure("out of memory: a buffer of \(bytes) bytes") }
    return start
  }

  private static func release(_ start: UnsafeMutableRawPointer, _ bytes: Int) {
    switch bytes {
    case ..<smallest: free(start)
    case ...Slabs.largest:
      let place = UInt(bitPattern: start)
      slabs.withLock { $0.giveBack(place, bytes) }
    default: Pages.unmap(start, bytes)
    }
  }

  private static func rounded(_ bytes: Int) -> Int {
    let unit = bytes >= smallest ? 4 << 10 : 64
    return (bytes + unit - 1) / unit * unit
  }
}

extension BufferPool.State {
  /// An idle buffer that fits, or nil where one has to be made; and those that no longer fit under the limit.
  fileprivate mutating func take(
    _ wanted: Int, smallLimit: Int
  ) -> (found: BufferPool.Buffer?, dropped: [BufferPool.Buffer]) {
    var found = bestFit(wanted, atMost: wanted + wanted / 4)
    if found == nil, usedBytes + idleBytes + wanted > limit(smallLimit) {
      // A new one would drive an idle one out, to be missed at the next pass: rather one that is much too large.
      found = bestFit(wanted, atMost: 4 * wanted)
    }
    if found == nil { made += 1 }
    usedBytes += found?.bytes ?? wanted
    mostUsed = max(mostUsed, usedBytes)
    return (found, surplus(smallLimit))
  }

  fileprivate mutating func giveBack(_ buffer: BufferPool.Buffer, smallLimit: Int) -> [BufferPool.Buffer] {
    usedBytes -= buffer.bytes
    idle.append(buffer)
    idleBytes += buffer.bytes
    return surplus(smallLimit)
  }

  fileprivate mutating func drain() -> [BufferPool.Buffer] {
    defer { (idle, idleBytes, mostUsed) = ([], 0, usedBytes) }
    return idle
  }

  /// The smallest idle buffer from `wanted` to `most` bytes; of equals the one used last, which the caches may still hold.
  private mutating func bestFit(_ wanted: Int, atMost most: Int) -> BufferPool.Buffer? {
    var (best, bytes) = (-1, most + 1)
    // From the one used last, so that where one fits exactly, as in every pass but the first, no other is looked at.
    var i = idle.count - 1
    while i >= 0, bytes > wanted {
      let size = idle[i].bytes
      if size >= wanted, size < bytes { (best, bytes) = (i, size) }
      i -= 1
    }
    guard best >= 0 else { return nil }
    let found = idle.remove(at: best)
    idleBytes -= found.bytes
    return found
  }

  /// What may be held in all: a pass whose buffers' sizes do not follow each other neatly needs a little more than was in
  /// use at once, or it would hand back at every layer what the next pass wants.
  private func limit(_ smallLimit: Int) -> Int { max(mostUsed + mostUsed / 8, smallLimit) }

  /// Takes the oldest idle buffers out until all that is held is within the limit.
  private mutating func surplus(_ smallLimit: Int) -> [BufferPool.Buffer] {
    var count = 0
    var held = usedBytes + idleBytes
    while held > limit(smallLimit), count < idle.count {
      held -= idle[count].bytes
      count += 1
    }
    guard count > 0 else { return [] }
    let dropped = Array(idle[..<count])
    idle.removeFirst(count)
    idleBytes = held - usedBytes
    return dropped
  }
}
