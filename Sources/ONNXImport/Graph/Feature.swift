import SaliencyCore

/// A value of ONNX's graph: known when the graph is built, or computed from the image.
enum Value: Sendable {
  case constant(Constant)
  case feature(Feature)

  /// The sizes of ONNX's axes.
  var sizes: [Int] {
    switch self {
    case .constant(let constant): constant.sizes
    case .feature(let feature): feature.sizes
    }
  }
}

/// A tensor as ONNX sees it, held by a node whose axes may be in another order: the layout label of a value.
///
/// The axes of the node are cut into *parts*, as finely as ONNX's axes need. An axis of ONNX is a list of parts. A transposition
/// only changes the lists; a reshape cuts and joins parts; a layer that needs its axes in some order asks the builder for it.
///
/// The batch axis is no part: ONNX's graph is built for a batch of one, and every sample of a batch goes through it alone.
struct Feature: Sendable {
  let node: NodeID
  /// The sizes of the parts of the node's axes, outermost first, each more than 1.
  private(set) var parts: [Int]
  /// For each axis of ONNX the parts that make it, outermost first; none for an axis of size 1.
  var axes: [[Int]]

  /// A feature from the parts of its node in order, each with a number by which `axes` refers to it.
  init(node: NodeID, parts: [(id: Int, size: Int)], axes: [[Int]]) {
    let kept = parts.filter { $0.size > 1 }
    let position = Dictionary(
      kept.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
    self.node = node
    self.parts = kept.map(\.size)
    self.axes = axes.map { $0.compactMap { position[$0] } }
  }

  /// A feature whose ONNX axes are lists of axes of the node.
  init(node: NodeID, shape: Shape, axes: [[Int]]) {
    self.init(node: node, parts: shape.dimensions.enumerated().map { ($0.offset, $0.element) }, axes: axes)
  }

  /// The sizes of ONNX's axes.
  var sizes: [Int] { axes.map(size) }

  /// The elements of a list of parts.
  func size(_ list: [Int]) -> Int { list.reduce(1) { $0 * parts[$1] } }

  /// The parts with their numbers.
  var numbered: [(id: Int, size: Int)] { parts.enumerated().map { ($0.offset, $0.element) } }

  /// The same layout of another node's value.
  func at(_ node: NodeID) -> Feature { Feature(node: node, parts: numbered, axes: axes) }

  /// The parts of each axis of the node, for the node's shape.
  func groups(_ shape: Shape) -> [[Int]] {
    var next = 0
    return shape.dimensions.map { size in
      var group: [Int] = []
      var product = 1
      while product < size, next < parts.count {
        product *= parts[next]
        group.append(next)
        next += 1
      }
      return group
    }
  }

  /// Cuts a part into an outer and an inner one.
  mutating func cut(_ part: Int, outer: Int) {
    let size = parts[part]
    precondition(outer > 1 && size > outer && size % outer == 0, "\(size) cannot be cut at \(outer)")
    parts.replaceSubrange(part...part, with: [outer, size / outer])
    axes = axes.map { list in
      list.flatMap { $0 == part ? [part, part + 1] : [$0 > part ? $0 + 1 : $0] }
    }
  }

  /// The same elements under other ONNX axes; nil if parts would have to be joined first.
  func reshaped(_ sizes: [Int]) -> Feature? {
    var copy = self
    var rest = copy.axes.flatMap { $0 }[...]
    var result: [[Int]] = []
    for size in sizes {
      var (list, left) = ([Int](), size)
      while left > 1 {
        guard let part = rest.first else { return nil }
        let own = copy.parts[part]
        if left % own == 0 {
          list.append(part)
          rest = rest.dropFirst()
          left /= own
        } else if own % left == 0 {
          copy.cut(part, outer: left)
          // The numbers of later parts have moved on.
          list = list.map { $0 > part ? $0 + 1 : $0 }
          result = result.map { $0.map { $0 > part ? $0 + 1 : $0 } }
          rest = ([part, part + 1] + rest.dropFirst().map { $0 > part ? $0 + 1 : $0 })[...]
          list.append(part)
          rest = rest.dropFirst()
          left = 1
        } else {
          return nil
        }
      }
      result.append(list)
    }
    guard rest.isEmpty else { return nil }
    copy.axes = result
    return copy
  }

  /// Cuts the parts of two axes alike, as far as one's sizes allow the other's; false if they do not.
  static func refine(_ a: inout Feature, _ i: Int, _ b: inout Feature, _ j: Int) -> Bool {
    var position = 0
    while position < max(a.axes[i].count, b.axes[j].count) {
      guard position < a.axes[i].count, position < b.axes[j].count else { return false }
      let (p, q) = (a.axes[i][position], b.axes[j][position])
      let (own, other) = (a.parts[p], b.parts[q])
      if own > other {
        guard own % other == 0 else { return false }
        a.cut(p, outer: other)
      } else if other > own {
        guard other % own == 0 else { return false }
        b.cut(q, outer: own)
      }
      position += 1
    }
    return true
  }
}
