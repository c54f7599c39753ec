/// Memory from the system in large pieces, for the buffers of a pass.
///
/// An allocator requests every few of them from the system again, and returns those of some sizes at once. Here they are cut
/// from slabs, each from the first place where it fits, and a slab is returned to the system with its last buffer.
///
/// Slabs have pages of 2 MB where many passes are to come: a gradient of SqueezeNet takes 3.5 ms with them and 3.9 without.
/// A command that ends soon does without: whole free pages are what the host of a virtual machine takes back first, and
/// `saliency compare` in turn with other programs took 340 to 370 ms with them, and 330 without.
struct Slabs: Sendable {
  /// The largest buffer that is cut from a slab; larger ones fill pages of their own.
  static let largest = 4 << 20
  /// A slab's bytes.
  static let size = 16 << 20
  private static let page = 4 << 10

  fileprivate struct Slab: Sendable {
    let start: UInt
    /// The free ranges of bytes, in order and never touching.
    var free: [Range<Int>]
  }

  /// In the order in which they were made.
  private var slabs: [Slab] = []

  /// The bytes of all slabs, in use or free.
  var bytes: Int { slabs.count * Self.size }

  /// The address of room for `bytes`, a multiple of 4 KB, at a multiple of 4 KB; nil if the system has none.
  mutating func take(_ bytes: Int) -> UInt? {
    precondition(bytes > 0 && bytes <= Self.largest && bytes % Self.page == 0, "a piece of \(bytes) bytes")
    for i in slabs.indices {
      guard let gap = slabs[i].free.firstIndex(where: { $0.count >= bytes }) else { continue }
      return cut(bytes, from: gap, of: i)
    }
    guard let start = Pages.map(Self.size, isHuge: Execution.expectsManyPasses) else { return nil }
    slabs.append(Slab(start: UInt(bitPattern: start), free: [0..<Self.size]))
    return cut(bytes, from: 0, of: slabs.count - 1)
  }

  private mutating func cut(_ bytes: Int, from gap: Int, of slab: Int) -> UInt {
    let room = slabs[slab].free[gap]
    let rest = (room.lowerBound + bytes)..<room.upperBound
    if rest.isEmpty { slabs[slab].free.remove(at: gap) } else { slabs[slab].free[gap] = rest }
    return slabs[slab].start + UInt(room.lowerBound)
  }

  /// Frees memory that `take` returned.
  mutating func giveBack(_ place: UInt, _ bytes: Int) {
    guard let i = slabs.firstIndex(where: { place >= $0.start && place < $0.start + UInt(Self.size) }) else {
      preconditionFailure("a buffer that is of no slab")
    }
    let offset = Int(place - slabs[i].start)
    slabs[i].insert(offset..<(offset + bytes))
    guard slabs[i].free == [0..<Self.size] else { return }
    let slab = slabs.remove(at: i)
    if let start = UnsafeMutableRawPointer(bitPattern: slab.start) { Pages.unmap(start, Self.size) }
  }
}

extension Slabs.Slab {
  /// Adds a freed range, joined to those that touch it.
  fileprivate mutating func insert(_ range: Range<Int>) {
    var (low, high) = (range.lowerBound, range.upperBound)
    var at = free.firstIndex { $0.lowerBound >= high } ?? free.count
    precondition(at == 0 || free[at - 1].upperBound <= low, "a buffer that was given back twice")
    if at < free.count, free[at].lowerBound == high { high = free.remove(at: at).upperBound }
    if at > 0, free[at - 1].upperBound == low {
      at -= 1
      low = free.remove(at: at).lowerBound
    }
    free.insert(low..<high, at: at)
  }
}
