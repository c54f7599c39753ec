import SaliencyCore

/// Operators that only change how the elements are seen: most of them are no layer at all.
enum ShapeOperators {
  static let all = [
    OperatorDecoder("Flatten", decode: flatten), OperatorDecoder("Reshape", decode: reshape),
    OperatorDecoder("Transpose", decode: transpose), OperatorDecoder("Squeeze", decode: squeeze),
    OperatorDecoder("Unsqueeze", decode: unsqueeze), OperatorDecoder("Expand", decode: expand),
    OperatorDecoder("DepthToSpace", "SpaceToDepth", decode: blocks),
    OperatorDecoder("Shape", "Size", decode: shape),
  ]

  private static func flatten(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    let rank = feature.axes.count
    let axis = try operation.integer("axis") ?? 1
    guard (-rank...rank).contains(axis) else { throw .option("found axis \(axis) of \(rank) axes") }
    let first = axis < 0 ? axis + rank : axis
    return [
      .feature(
        feature.with(axes: [Array(feature.axes[..<first].joined()), Array(feature.axes[first...].joined())]))
    ]
  }

  private static func reshape(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    guard let wanted = try operation.integers("shape", orInput: 1) else { throw .option("found no shape") }
    let sizes = try resolved(
      wanted, from: feature.sizes, allowsZero: try operation.integer("allowzero") == 1)
    return [.feature(try builder.reshaped(feature, sizes))]
  }

  /// The sizes of a reshape: 0 is the size that the input has, -1 whatever is left.
  static func resolved(_ wanted: [Int], from sizes: [Int], allowsZero: Bool) throws(OperatorError) -> [Int] {
    let problem = OperatorError.option(
      "found the shape \(wanted) for an input of shape \(sizes), which does not fit")
    guard wanted.count <= Constant.mostAxes, wanted.count(where: { $0 == -1 }) <= 1 else { throw problem }
    var result: [Int] = []
    for (axis, size) in wanted.enumerated() {
      guard size >= -1, size != 0 || allowsZero || axis < sizes.count else { throw problem }
      result.append(size == 0 && !allowsZero ? sizes[axis] : size)
    }
    let count = sizes.reduce(1, *)
    guard let known = checkedCount(result.filter { $0 != -1 }, limit: max(count, 1)) else { throw problem }
    if let free = result.firstIndex(of: -1) {
      guard known > 0, count % known == 0 else { throw problem }
      result[free] = count / known
    } else if known != count {
      throw problem
    }
    return result
  }

  private static func transpose(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    let order = try operation.integers("perm") ?? feature.axes.indices.reversed()
    guard order.sorted() == Array(feature.axes.indices) else {
      throw .option("found the order \(order) of \(feature.axes.count) axes")
    }
    return [.feature(feature.with(axes: order.map { feature.axes[$0] }))]
  }

  private static func squeeze(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    let given = try operation.integers("axes", orInput: 1)
    let rank = feature.axes.count
    let axes =
      try given.map { given throws(OperatorError) in try operation.axes(given, of: rank) }
      ?? feature.axes.indices.filter { feature.axes[$0].isEmpty }
    guard axes.allSatisfy({ feature.axes[$0].isEmpty }) else {
      throw .option("found axes \(axes) of shape \(feature.sizes), expected axes of size 1")
    }
    return [
      .feature(
        feature.with(axes: feature.axes.indices.filter { !axes.contains($0) }.map { feature.axes[$0] }))
    ]
  }

  private static func unsqueeze(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    guard let given = try operation.integers("axes", orInput: 1) else { throw .option("found no axes") }
    let rank = feature.axes.count + given.count
    guard rank <= Constant.mostAxes else {
      throw .option("found \(rank) axes, expected at most \(Constant.mostAxes)")
    }
    let axes = try operation.axes(given, of: rank)
    guard axes.count == given.count else { throw .option("found axes \(given), expected each once") }
    var result = feature.axes
    for axis in axes { result.insert([], at: axis) }
    return [.feature(feature.with(axes: result))]
  }

  private static func expand(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    let wanted = try operation.constant(1).integers
    guard wanted.count <= Constant.mostAxes, wanted.allSatisfy({ $0 > 0 }) else {
      throw .option("found the shape \(wanted)")
    }
    let rank = max(wanted.count, feature.axes.count)
    let own = Array(repeating: 1, count: rank - feature.axes.count) + feature.sizes
    let target = Array(repeating: 1, count: rank - wanted.count) + wanted
    return [.feature(try builder.expanded(feature, to: zip(own, target).map { max($0, $1) }))]
  }

  /// Channels to blocks of positions, and back: a reshape, a transposition and a reshape.
  private static func blocks(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    guard feature.axes.count == 4, let block = try operation.integer("blocksize"), (1...4096).contains(block)
    else {
      throw .option(
        "found an input of shape \(feature.sizes), expected (1, channels, height, width) and a blocksize")
    }
    let (channels, height, width) = (feature.sizes[1], feature.sizes[2], feature.sizes[3])
    let (split, order, result): ([Int], [Int], [Int])
    if operation.type == "SpaceToDepth" {
      guard height % block == 0, width % block == 0 else {
        throw .option("found a map of \(height) x \(width)")
      }
      split = [feature.sizes[0], channels, height / block, block, width / block, block]
      order = [0, 3, 5, 1, 2, 4]
      result = [feature.sizes[0], channels * block * block, height / block, width / block]
    } else {
      guard channels % (block * block) == 0 else { throw .option("found \(channels) channels") }
      let inner = channels / block / block
      let isColumnFirst = try operation.string("mode") == "CRD"
      split =
        isColumnFirst
        ? [feature.sizes[0], inner, block, block, height, width]
        : [feature.sizes[0], block, block, inner, height, width]
      order = isColumnFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
      result = [feature.sizes[0], inner, height * block, width * block]
    }
    let parts = try builder.reshaped(feature, split)
    return [.feature(try builder.reshaped(parts.with(axes: order.map { parts.axes[$0] }), result))]
  }

  private static func shape(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let sizes = try operation.value(0).sizes
    if operation.type == "Size" {
      return [.constant(Constant([Double(sizes.reduce(1, *))], sizes: [], type: .int64))]
    }
    func clamped(_ position: Int) -> Int {
      min(max(position < 0 ? position + sizes.count : position, 0), sizes.count)
    }
    let start = clamped(try operation.integer("start") ?? 0)
    let end = clamped(try operation.integer("end") ?? sizes.count)
    return [.constant(Constant(start < end ? Array(sizes[start..<end]) : []))]
  }
}

extension Feature {
  /// The same elements with other lists of parts.
  func with(axes: [[Int]]) -> Feature {
    var copy = self
    copy.axes = axes
    return copy
  }
}

extension NetworkBuilder {
  /// The feature under another shape of as many elements, without a layer where its parts allow it.
  mutating func reshaped(_ feature: Feature, _ sizes: [Int]) throws(OperatorError) -> Feature {
    guard !sizes.contains(0) else { throw .option("found the shape \(sizes), expected sizes above 0") }
    if let result = feature.reshaped(sizes) { return result }
    let node = try arranged(feature, [feature.axes.flatMap { $0 }])
    let whole = Feature(node: node, shape: shape(node), axes: [[0]])
    guard let result = whole.reshaped(sizes) else {
      throw .option("found the shape \(sizes) for an input of shape \(feature.sizes), which does not fit")
    }
    return result
  }
}
