/// Large pages shared by buffers that are too small to fill one.
///
/// A page of 4 KB costs a fault when it is first written, several times as much as its share of a page of 2 MB: a process that
/// reads SqueezeNet and explains one picture by six methods took 22,000 of them, and takes 6,000. So buffers are cut from
/// slabs of large pages, each from the first place where it fits, and a slab goes back to the system with its last buffer.
struct Slabs: Sendable {
  /// The largest buffer that is cut from a slab; larger ones fill pages of their own.
  static let largest = 4 << 20
  /// A slab's bytes.
  static let size = 16 << 20
  private static let page = 4 << 10

  fileprivate struct Slab: Sendable {
    let start: UInt
    /// Ranges of bytes that nobody has, in order and never touching.
    var free: [Range<Int>]
  }

  /// In the order in which they were made.
  private var slabs: [Slab] = []

  /// Bytes held from the system, whether somebody has them or not.
  var bytes: Int { slabs.count * Self.size }

  /// The address of room for `bytes`, a multiple of 4 KB, at a multiple of 4 KB; nil where the system has none.
  mutating func take(_ bytes: Int) -> UInt? {
    precondition(bytes > 0 && bytes <= Self.largest && bytes % Self.page == 0, "a piece of \(bytes) bytes")
    for i in slabs.indices {
      guard let gap = slabs[i].free.firstIndex(where: { $0.count >= bytes }) else { continue }
      return cut(bytes, from: gap, of: i)
    }
    guard let start = Pages.map(Self.size) else { return nil }
    slabs.append(Slab(start: UInt(bitPattern: start), free: [0..<Self.size]))
    return cut(bytes, from: 0, of: slabs.count - 1)
  }

  private mutating func cut(_ bytes: Int, from gap: Int, of slab: Int) -> UInt {
    let room = slabs[slab].free[gap]
    let rest = (room.lowerBound + bytes)..<room.upperBound
    if rest.isEmpty { slabs[slab].free.remove(at: gap) } else { slabs[slab].free[gap] = rest }
    return slabs[slab].start + UInt(room.lowerBound)
  }

  /// Takes back what `take` gave.
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
  /// Adds a range that somebody had, joined to those that touch it.
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
