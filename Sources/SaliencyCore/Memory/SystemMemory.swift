internal import Foundation

/// Where buffers come from and go back to: small ones from the allocator, which is good at them, those of a few megabytes
/// from slabs, larger ones straight from the system.
///
/// What stays for as long as a network does has slabs of its own. Among the buffers that come and go with each layer it would
/// hold slabs that are otherwise empty, and a pool that counts it would think that passes need as much.
final class SystemMemory: Sendable {
  /// For what comes and goes with the layers of a pass.
  static let passing = SystemMemory()
  /// For weights, as they came and packed.
  static let lasting = SystemMemory()

  /// The smallest buffer, in bytes, that does not come from the allocator.
  static let smallest = 32 << 10

  private let slabs = SpinLock(Slabs())

  /// The bytes that a buffer of at least `bytes` takes.
  static func rounded(_ bytes: Int) -> Int {
    let unit = bytes >= smallest ? 4 << 10 : 64
    return (max(bytes, 1) + unit - 1) / unit * unit
  }

  /// Room for `bytes`, which are rounded, aligned to a cache line.
  ///
  /// If there is no memory, the process ends as `Execution.exitsWithoutMemory` says.
  func take(_ bytes: Int) -> UnsafeMutableRawPointer {
    guard let start = takeIfPossible(bytes) else { Execution.memoryIsExhausted(bytes) }
    return start
  }

  /// The same; nil if there is no memory.
  func takeIfPossible(_ bytes: Int) -> UnsafeMutableRawPointer? {
    switch bytes {
    case ..<Self.smallest: aligned_alloc(64, bytes)
    case ...Slabs.largest:
      slabs.withLock { $0.take(bytes) }.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
    default: Pages.map(bytes)
    }
  }

  /// Frees memory that `take` returned.
  func giveBack(_ start: UnsafeMutableRawPointer, _ bytes: Int) {
    switch bytes {
    case ..<Self.smallest: free(start)
    case ...Slabs.largest:
      let place = UInt(bitPattern: start)
      slabs.withLock { $0.giveBack(place, bytes) }
    default: Pages.unmap(start, bytes)
    }
  }

  /// The bytes of all slabs, in use or free.
  var slabBytes: Int { slabs.withLock { $0.bytes } }
}
