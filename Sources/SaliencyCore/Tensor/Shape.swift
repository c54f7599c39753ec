/// The size of a tensor along each of its axes, outermost first.
///
/// A tensor that flows through a graph has shape `[N, H, W, C]` or `[N, K]`; the shape of a graph's *node* is
/// that of one sample, without the leading batch axis.
public struct Shape: Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// How many axes there are.
  public let rank: Int
  // Passes make and copy shapes at every step: four sizes lie in the shape itself, where an array would be allocated
  // and counted each time.
  /// The first four sizes, 1 where there is no such axis.
  private let near: (Int, Int, Int, Int)
  /// The sizes from the fifth on, where there are any.
  private let far: [Int]?

  public init(_ dimensions: [Int]) { self.init(rank: dimensions.count) { dimensions[$0] } }

  /// A shape of the given sizes.
  public init(arrayLiteral elements: Int...) { self.init(rank: elements.count) { elements[$0] } }

  /// A shape whose sizes `size` gives, axis by axis.
  @inline(__always)
  init(rank: Int, size: (_ axis: Int) -> Int) {
    self.rank = rank
    near = (
      rank > 0 ? size(0) : 1, rank > 1 ? size(1) : 1, rank > 2 ? size(2) : 1, rank > 3 ? size(3) : 1
    )
    far = rank > 4 ? (4..<rank).map(size) : nil
    precondition(
      near.0 >= 0 && near.1 >= 0 && near.2 >= 0 && near.3 >= 0 && far?.allSatisfy { $0 >= 0 } ?? true,
      "a shape has no negative dimension: \(dimensions)")
  }

  /// The sizes of the axes.
  public var dimensions: [Int] { (0..<rank).map { self[$0] } }

  /// How many elements a tensor of this shape has (1 for rank 0).
  public var count: Int { near.0 * near.1 * near.2 * near.3 * (far?.reduce(1, *) ?? 1) }

  /// The size of an axis.
  public subscript(axis: Int) -> Int {
    precondition(axis >= 0 && axis < rank, "axis \(axis) of a shape of rank \(rank)")
    switch axis {
    case 0: return near.0
    case 1: return near.1
    case 2: return near.2
    case 3: return near.3
    default: return far?[axis - 4] ?? 1
    }
  }

  /// Whether at most one axis is longer than 1: a sample of this shape is one row, whatever its rank.
  package var isFlat: Bool { dimensions.count { $0 > 1 } <= 1 }

  /// The shape of `size` samples of this shape.
  public func batched(_ size: Int) -> Shape { Shape(rank: rank + 1) { $0 == 0 ? size : self[$0 - 1] } }

  /// This shape without its leading (batch) axis.
  public var sample: Shape { Shape(rank: max(rank - 1, 0)) { self[$0 + 1] } }

  /// This shape with another size of its last axis, the channels.
  func withChannels(_ count: Int) -> Shape { Shape(rank: rank) { $0 == rank - 1 ? count : self[$0] } }

  public var description: String { "(" + dimensions.map(String.init).joined(separator: ", ") + ")" }
}

extension Shape: Hashable {
  public static func == (a: Shape, b: Shape) -> Bool {
    a.rank == b.rank && a.near == b.near && a.far == b.far
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(rank)
    for axis in 0..<rank { hasher.combine(self[axis]) }
  }
}

extension Shape: Codable {
  private enum CodingKeys: CodingKey { case dimensions }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let dimensions = try values.decode([Int].self, forKey: .dimensions)
    guard dimensions.allSatisfy({ $0 >= 0 }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .dimensions, in: values, debugDescription: "a shape has no negative dimension: \(dimensions)")
    }
    self.init(dimensions)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(dimensions, forKey: .dimensions)
  }
}
