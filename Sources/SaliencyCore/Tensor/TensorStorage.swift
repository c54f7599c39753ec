import Foundation

/// The memory behind a tensor: one buffer of floats, aligned to a cache line.
///
/// `@unchecked`: a storage is written only while it has one owner, which `Tensor` checks before each write
/// (`isKnownUniquelyReferenced`), and is read-only from then on.
final class TensorStorage: @unchecked Sendable {
  let floats: UnsafeMutableBufferPointer<Float>

  /// Uninitialised room for `count` floats.
  init(count: Int) {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    guard let raw = aligned_alloc(64, (bytes + 63) & ~63) else {
      preconditionFailure("out of memory: a tensor of \(bytes) bytes")
    }
    floats = UnsafeMutableBufferPointer(start: raw.bindMemory(to: Float.self, capacity: count), count: count)
  }

  deinit { free(floats.baseAddress) }
}
