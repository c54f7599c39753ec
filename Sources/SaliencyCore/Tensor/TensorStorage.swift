/// The memory behind a tensor: one buffer of floats, aligned to a cache line where it is the tensor's own.
///
/// `@unchecked`: a storage is written only while it has one owner, which `Tensor` checks before each write
/// (`isKnownUniquelyReferenced`), and is read-only from then on.
final class TensorStorage: @unchecked Sendable {
  let floats: UnsafeMutableBufferPointer<Float>
  private let bytes: Int
  /// Whose memory it is where it is not the pool's.
  private let owner: (any AnyObject & Sendable)?

  /// Uninitialised room for `count` floats.
  init(count: Int) {
    let buffer = BufferPool.shared.take(count * MemoryLayout<Float>.stride)
    bytes = buffer.bytes
    owner = nil
    floats = UnsafeMutableBufferPointer(
      start: buffer.start.bindMemory(to: Float.self, capacity: count), count: count)
  }

  /// Memory of someone else's, kept for as long as this lives; of any alignment that floats may have.
  init(borrowing floats: UnsafeMutableBufferPointer<Float>, from owner: any AnyObject & Sendable) {
    self.floats = floats
    self.owner = owner
    bytes = 0
  }

  deinit {
    guard owner == nil else { return }
    if let start = floats.baseAddress { BufferPool.shared.giveBack(start, bytes: bytes) }
  }
}
