/// The size of a tensor along each of its axes, outermost first.
///
/// A tensor that flows through a graph has shape `[N, H, W, C]` or `[N, K]`; the shape of a graph's *node* is
/// that of one sample, without the leading batch axis.
public struct Shape: Sendable, Hashable, Codable, ExpressibleByArrayLiteral, CustomStringConvertible {
  public var dimensions: [Int]

  public init(_ dimensions: [Int]) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "a shape has no negative dimension: \(dimensions)")
    self.dimensions = dimensions
  }

  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// How many axes there are.
  public var rank: Int { dimensions.count }

  /// How many elements a tensor of this shape has (1 for rank 0).
  public var count: Int { dimensions.reduce(1, *) }

  public subscript(axis: Int) -> Int { dimensions[axis] }

  /// The shape of `size` samples of this shape.
  public func batched(_ size: Int) -> Shape { Shape([size] + dimensions) }

  /// This shape without its leading (batch) axis.
  public var sample: Shape { Shape(Array(dimensions.dropFirst())) }

  public var description: String { "(" + dimensions.map(String.init).joined(separator: ", ") + ")" }
}
