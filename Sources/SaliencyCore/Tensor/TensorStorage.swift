/// The memory behind a tensor: one buffer of floats, aligned to a cache line.
///
/// `@unchecked`: a storage is written only while it has one owner, which `Tensor` checks before each write
/// (`isKnownUniquelyReferenced`), and is read-only from then on.
final class TensorStorage: @unchecked Sendable {
  let floats: UnsafeMutableBufferPointer<Float>
  private let bytes: Int

  /// Uninitialised room for `count` floats.
  init(count: Int) {
    let buffer = BufferPool.shared.take(count * MemoryLayout<Float>.stride)
    bytes = buffer.bytes
    floats = UnsafeMutableBufferPointer(
      start: buffer.start.bindMemory(to: Float.self, capacity: count), count: count)
  }

  deinit {
    if let start = floats.baseAddress { BufferPool.shared.giveBack(start, bytes: bytes) }
  }
}
