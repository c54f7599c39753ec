internal import Foundation
internal import Synchronization

/// A pool of memory for tensors and workspaces: a freed buffer is kept for the next one of about the same size.
///
/// A network needs the same buffers at every pass. Returning them to the system between layers costs a page fault for
/// every 4 KB, which is more than many layers take. What is kept idle is bounded: with what is in use it never exceeds
/// what was once in use at the same time by more than an eighth (or a small limit), so that keeping it costs next to no
/// memory at the peak. Where sizes follow one another so badly that passes hand back what they then want again, it may become
/// a half, by small steps.
final class BufferPool: Sendable {
  static let shared = BufferPool(smallLimit: 32 << 20)

  /// The largest buffer that is kept; larger ones are weights, which are not needed again.
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
    /// What may be held beyond the most that was in use, in parts of 32.
    var slack = leastSlack
    static let leastSlack = 4
    static let mostSlack = 16
    /// The sizes of buffers that went back to the system since `mostUsed` last grew, the last ones.
    var dropped: [Int] = []
  }

  private let smallLimit: Int
  private let state = SpinLock(State())

  /// - Parameter smallLimit: What may be held in any case, however little was ever in use.
  init(smallLimit: Int) { self.smallLimit = smallLimit }

  /// Memory of at least `bytes`, aligned to a cache line; `giveBack` takes its size.
  func take(_ bytes: Int) -> (start: UnsafeMutableRawPointer, bytes: Int) {
    let wanted = SystemMemory.rounded(bytes)
    guard Self.isKept(wanted) else { return (SystemMemory.passing.take(wanted), wanted) }
    let (found, dropped) = state.withLock { $0.take(wanted, smallLimit: smallLimit) }
    for buffer in dropped { SystemMemory.passing.giveBack(buffer.start, buffer.bytes) }
    if let found { return (found.start, found.bytes) }
    return (SystemMemory.passing.take(wanted), wanted)
  }

  func giveBack(_ start: UnsafeMutableRawPointer, bytes: Int) {
    guard Self.isKept(bytes) else { return SystemMemory.passing.giveBack(start, bytes) }
    let dropped = state.withLock { $0.giveBack(Buffer(start: start, bytes: bytes), smallLimit: smallLimit) }
    for buffer in dropped { SystemMemory.passing.giveBack(buffer.start, buffer.bytes) }
  }

  /// Frees idle buffers, and resets the most that was in use.
  func drain() {
    for buffer in state.withLock({ $0.drain() }) { SystemMemory.passing.giveBack(buffer.start, buffer.bytes) }
  }

  /// How many buffers came from the system so far, small ones not counted.
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

  private static func isKept(_ bytes: Int) -> Bool { bytes >= SystemMemory.smallest && bytes <= largest }
}

extension BufferPool.State {
  /// An idle buffer that fits, or nil if one has to be made; and those that no longer fit under the limit.
  fileprivate mutating func take(
    _ wanted: Int, smallLimit: Int
  ) -> (found: BufferPool.Buffer?, dropped: [BufferPool.Buffer]) {
    var found = bestFit(wanted, atMost: wanted + wanted / 4)
    if found == nil, usedBytes + idleBytes + wanted > limit(smallLimit) {
      // A new one would drive an idle one out, to be missed at the next pass: rather one that is much too large.
      found = bestFit(wanted, atMost: 4 * wanted)
    }
    if found == nil {
      made += 1
      regret(wanted)
    }
    usedBytes += found?.bytes ?? wanted
    // A pass that is larger than all before may well drop what it wants later; the next one of its kind should not.
    if usedBytes > mostUsed { (mostUsed, slack, dropped) = (usedBytes, Self.leastSlack, []) }
    return (found, surplus(smallLimit))
  }

  fileprivate mutating func giveBack(_ buffer: BufferPool.Buffer, smallLimit: Int) -> [BufferPool.Buffer] {
    usedBytes -= buffer.bytes
    idle.append(buffer)
    idleBytes += buffer.bytes
    return surplus(smallLimit)
  }

  fileprivate mutating func drain() -> [BufferPool.Buffer] {
    defer { (idle, idleBytes, mostUsed, slack, dropped) = ([], 0, usedBytes, Self.leastSlack, []) }
    return idle
  }

  /// Makes the limit a little higher where a buffer is wanted of which one like it was dropped.
  private mutating func regret(_ wanted: Int) {
    guard let i = dropped.firstIndex(where: { $0 >= wanted && $0 <= wanted + wanted / 4 }) else { return }
    dropped.remove(at: i)
    slack = min(slack + 1, Self.mostSlack)
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
  private func limit(_ smallLimit: Int) -> Int { max(mostUsed + mostUsed / 32 * slack, smallLimit) }

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
    self.dropped = Array((self.dropped + dropped.map(\.bytes)).suffix(32))
    idle.removeFirst(count)
    idleBytes = held - usedBytes
    return dropped
  }
}
