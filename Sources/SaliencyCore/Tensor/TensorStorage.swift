/// The memory behind a tensor: one buffer of floats, aligned to a cache line where it is the tensor's own.
///
/// `@unchecked`: a storage is written only while it has one owner, which `Tensor` checks before each write
/// (`isKnownUniquelyReferenced`), and is read-only from then on.
final class TensorStorage: @unchecked Sendable {
  /// Writes every number of a buffer, the same ones each time.
  typealias Origin = @Sendable (UnsafeMutableBufferPointer<Float>) -> Void

  private enum Source {
    case pool
    case lasting
    case owner(any AnyObject & Sendable)
  }

  let floats: UnsafeMutableBufferPointer<Float>
  /// What can write the numbers again; nil if nothing can.
  let origin: Origin?
  private let bytes: Int
  /// The owner of the memory.
  private let source: Source

  /// Uninitialised room for `count` floats.
  init(count: Int) {
    let buffer = BufferPool.shared.take(count * MemoryLayout<Float>.stride)
    bytes = buffer.bytes
    source = .pool
    origin = nil
    floats = UnsafeMutableBufferPointer(
      start: buffer.start.bindMemory(to: Float.self, capacity: count), count: count)
  }

  /// Uninitialised room for `count` floats that stay for as long as a network does, and are no matter of the pool.
  convenience init(lasting count: Int, origin: Origin? = nil) {
    let bytes = SystemMemory.rounded(count * MemoryLayout<Float>.stride)
    self.init(lasting: count, bytes: bytes, at: SystemMemory.lasting.take(bytes), origin: origin)
  }

  /// The same, or nil if there is no memory for it: for a count that a file decides.
  convenience init?(ifPossible count: Int) {
    let bytes = SystemMemory.rounded(count * MemoryLayout<Float>.stride)
    guard let start = SystemMemory.lasting.takeIfPossible(bytes) else { return nil }
    self.init(lasting: count, bytes: bytes, at: start, origin: nil)
  }

  private init(lasting count: Int, bytes: Int, at start: UnsafeMutableRawPointer, origin: Origin?) {
    self.bytes = bytes
    source = .lasting
    self.origin = origin
    floats = UnsafeMutableBufferPointer(
      start: start.bindMemory(to: Float.self, capacity: count), count: count)
  }

  /// A part of a mapped file that `owner` keeps for as long as this lives; of any alignment that floats may have.
  init(borrowing floats: UnsafeMutableBufferPointer<Float>, from owner: any AnyObject & Sendable) {
    self.floats = floats
    source = .owner(owner)
    origin = nil
    bytes = 0
  }

  private var isBorrowed: Bool {
    if case .owner = source { return true }
    return false
  }

  /// Whether its numbers may be had again from where they came from, so that they must stay what they are.
  var isConstant: Bool { isBorrowed || origin != nil }

  /// Releases whole pages of a mapped file.
  func forgetPages() {
    guard isBorrowed, let start = floats.baseAddress else { return }
    Pages.forget(start, floats.count * MemoryLayout<Float>.stride)
  }

  deinit {
    guard let start = floats.baseAddress else { return }
    switch source {
    case .pool: BufferPool.shared.giveBack(start, bytes: bytes)
    case .lasting: SystemMemory.lasting.giveBack(start, bytes)
    case .owner: break
    }
  }
}
