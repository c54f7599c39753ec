import SaliencyCore

/// Parts of a value, and several values side by side.
enum SelectionOperators {
  /// The most positions of a selection along one axis.
  private static let mostPositions = 1 << 22

  static let all = [
    OperatorDecoder("Concat", decode: concatenate), OperatorDecoder("Split", decode: split),
    OperatorDecoder("Slice", decode: slice), OperatorDecoder("Gather", decode: gather),
    OperatorDecoder("Pad", decode: pad), OperatorDecoder("Tile", decode: tile),
  ]

  private static func concatenate(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    var values: [Value] = []
    for index in operation.inputs.indices {
      let value = try operation.value(index)
      if !value.sizes.contains(0) { values.append(value) }
    }
    guard let first = values.first, let given = try operation.integer("axis") else {
      throw .option("found no axis")
    }
    let rank = first.sizes.count
    let axis = try operation.axis(given, of: rank)
    for value in values {
      let fits =
        value.sizes.count == rank
        && (0..<rank).allSatisfy { $0 == axis || value.sizes[$0] == first.sizes[$0] }
      guard fits else {
        throw .option("found inputs of shapes \(values.map(\.sizes)), which differ along other axes")
      }
    }
    var runs: [ConcatenationRun] = []
    for (index, value) in values.enumerated() {
      switch value {
      case .feature(let feature):
        if case .features(let list)? = runs.last {
          runs[runs.count - 1] = .features(list + [feature])
        } else {
          runs.append(.features([feature]))
        }
      case .constant(let constant):
        let isLearned =
          values.count == operation.inputs.count
          && operation.name(index).map { builder.weights.contains($0) } ?? false
        if case .constant(let last, let wasLearned)? = runs.last {
          runs[runs.count - 1] = .constant(
            try ConstantOperators.concatenated([last, constant], axis: axis), wasLearned && isLearned)
        } else {
          runs.append(.constant(constant, isLearned))
        }
      }
    }
    return [.feature(try builder.concatenated(runs, axis: axis))]
  }

  private static func split(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    let axis = try operation.axis(try operation.integer("axis") ?? 0, of: feature.axes.count)
    let size = feature.sizes[axis]
    let count = operation.node.outputs.count
    let given = try operation.integers("split", orInput: 1)
    let each = (size + count - 1) / max(count, 1)
    let lengths = given ?? (0..<count).map { max(min(each, size - $0 * each), 0) }
    guard lengths.count == count, lengths.allSatisfy({ $0 > 0 && $0 <= size }), lengths.reduce(0, +) == size
    else {
      throw .option("found parts \(lengths) of \(size) positions for \(count) outputs")
    }
    var start = 0
    var results: [Value] = []
    for (index, length) in lengths.enumerated() {
      let range = Array(start..<(start + length))
      start += length
      results.append(
        .feature(try builder.selected(feature, axis, range, part: count == 1 ? nil : "\(index + 1)")))
    }
    return results
  }

  private static func slice(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    var feature = try operation.feature()
    let ranges = try ranges(operation, sizes: feature.sizes)
    let changing = ranges.filter { $0.positions != Array(0..<feature.sizes[$0.axis]) }
    for (index, range) in changing.enumerated() {
      let part = index == changing.count - 1 ? nil : "axis\(range.axis)"
      feature = try builder.selected(feature, range.axis, range.positions, part: part)
    }
    return [.feature(feature)]
  }

  /// The positions that a slice takes along each of its axes.
  static func ranges(
    _ operation: Operation, sizes: [Int]
  ) throws(OperatorError) -> [(axis: Int, positions: [Int])] {
    guard let starts = try operation.integers("starts", orInput: 1),
      let ends = try operation.integers("ends", orInput: 2), starts.count == ends.count
    else { throw .option("found starts and ends that do not fit") }
    let axes = try operation.integers("axes", orInput: 3) ?? Array(starts.indices)
    let steps = try operation.optionalConstant(4)?.integers ?? starts.map { _ in 1 }
    guard axes.count == starts.count, steps.count == starts.count, !steps.contains(0) else {
      throw .option("found \(starts.count) starts, \(axes.count) axes and steps \(steps)")
    }
    var result: [(axis: Int, positions: [Int])] = []
    for index in starts.indices {
      let axis = try operation.axis(axes[index], of: sizes.count)
      let size = sizes[axis]
      guard size <= mostPositions else {
        throw .option("found \(size) positions, expected at most \(mostPositions)")
      }
      func place(_ value: Int, _ low: Int, _ high: Int) -> Int {
        min(max(value < 0 ? value + size : value, low), high)
      }
      let step = min(max(steps[index], -mostPositions), mostPositions)
      let positions =
        step > 0
        ? Array(stride(from: place(starts[index], 0, size), to: place(ends[index], 0, size), by: step))
        : Array(
          stride(from: place(starts[index], 0, size - 1), to: place(ends[index], -1, size - 1), by: step))
      result.append((axis, positions))
    }
    return result
  }

  private static func gather(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    let axis = try operation.axis(try operation.integer("axis") ?? 0, of: feature.axes.count)
    let indices = try operation.constant(1)
    let size = feature.sizes[axis]
    guard (1...mostPositions).contains(indices.count) else { throw .option("found \(indices.count) indices") }
    let positions = indices.integers.map { $0 < 0 ? $0 + size : $0 }
    guard positions.allSatisfy({ (0..<size).contains($0) }) else {
      throw .option("found an index outside of \(size) positions")
    }
    let chosen = try builder.selected(feature, axis, positions)
    var sizes = chosen.sizes
    sizes.replaceSubrange(axis...axis, with: indices.sizes)
    guard sizes.count <= Constant.mostAxes else { throw .option("found \(sizes.count) axes") }
    return [.feature(try builder.reshaped(chosen, sizes))]
  }

  private static func pad(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    var feature = try operation.feature()
    let rank = feature.axes.count
    guard let given = try operation.integers("pads", orInput: 1) else {
      throw .option("found no pads")
    }
    let axes: [Int]
    if let constant = try operation.optionalConstant(3) {
      var list: [Int] = []
      for axis in constant.integers { list.append(try operation.axis(axis, of: rank)) }
      axes = list
    } else {
      axes = Array(0..<rank)
    }
    guard given.count == axes.count * 2, given.allSatisfy({ (-65536...65536).contains($0) }) else {
      throw .option("found pads \(given), expected two widths for each axis, at most 65536")
    }
    let widths = axes.enumerated().map {
      (axis: $0.element, before: given[$0.offset], after: given[axes.count + $0.offset])
    }
    .filter { $0.before != 0 || $0.after != 0 }
    let mode = try operation.string("mode") ?? "constant"
    let value = mode == "constant" ? try operation.number("value", orInput: 2) ?? 0 : 0
    if mode == "constant", value == 0,
      widths.allSatisfy({ rank == 4 && $0.axis >= 2 && $0.before >= 0 && $0.after >= 0 }),
      !widths.isEmpty, feature.axes[0].isEmpty
    {
      func width(_ axis: Int) -> (Int, Int) {
        widths.first { $0.axis == axis }.map { ($0.before, $0.after) } ?? (0, 0)
      }
      let (rows, columns) = (width(2), width(3))
      let layer = ZeroPadding2D(top: rows.0, bottom: rows.1, left: columns.0, right: columns.1)
      let node = try builder.add(layer, [try builder.image(feature)])
      return [.feature(builder.fromImage(node, rank: 4))]
    }
    for (index, width) in widths.enumerated() {
      let part = index == widths.count - 1 ? nil : "axis\(width.axis)"
      feature = try builder.padded(
        feature, width.axis, (width.before, width.after), mode: mode, value: value, part: part)
    }
    return [.feature(feature)]
  }

  /// Which positions of an axis fill it together with its margins.
  static func positions(
    _ mode: String, size: Int, before: Int, after: Int
  ) throws(OperatorError) -> [Int] {
    let positions = (-before)..<max(size + after, -before)
    switch mode {
    case "edge": return positions.map { min(max($0, 0), size - 1) }
    case "wrap": return positions.map { (($0 % size) + size) % size }
    case "reflect":
      guard before < size, after < size else {
        throw .option("found pads (\(before), \(after)) of \(size) positions, expected fewer than those")
      }
      return positions.map { $0 < 0 ? -$0 : $0 >= size ? 2 * (size - 1) - $0 : $0 }
    default: throw .option("found mode \"\(mode)\"; supported are constant, edge, reflect and wrap")
    }
  }

  private static func tile(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    var feature = try operation.feature()
    let repeats = try operation.constant(1).integers
    guard repeats.count == feature.axes.count, repeats.allSatisfy({ (1...mostPositions).contains($0) }) else {
      throw .option("found repeats \(repeats) for an input of shape \(feature.sizes)")
    }
    for (axis, count) in repeats.enumerated() where count > 1 {
      let size = feature.sizes[axis]
      guard let total = checkedCount([size, count], limit: mostPositions) else {
        throw .option("found repeats \(repeats) for an input of shape \(feature.sizes)")
      }
      feature = try builder.selected(feature, axis, (0..<total).map { $0 % size }, part: "axis\(axis)")
    }
    return [.feature(feature)]
  }
}

/// Neighbours of a concatenation that become one.
enum ConcatenationRun {
  case features([Feature])
  case constant(Constant, Bool)
}

extension NetworkBuilder {
  /// Some positions along one of ONNX's axes.
  mutating func selected(
    _ feature: Feature, _ axis: Int, _ positions: [Int], part: String? = nil
  ) throws(OperatorError) -> Feature {
    guard !positions.isEmpty else {
      throw .option("found an empty selection, expected at least one position")
    }
    if positions == Array(0..<feature.sizes[axis]) { return feature }
    let place = try isolated(feature, axis)
    let node = try add(Gather(axis: place.axis, indices: positions), part: part, [place.node])
    return resized(feature, axis, place, to: node)
  }

  /// A feature with more, or fewer, positions along one axis.
  mutating func padded(
    _ feature: Feature, _ axis: Int, _ width: (before: Int, after: Int), mode: String, value: Float,
    part: String?
  ) throws(OperatorError) -> Feature {
    let size = feature.sizes[axis]
    let positions = (-width.before)..<max(size + width.after, -width.before)
    guard !positions.isEmpty else { throw .option("found pads that leave nothing of \(size) positions") }
    guard mode == "constant" else {
      let sources = try SelectionOperators.positions(
        mode, size: size, before: width.before, after: width.after)
      return try selected(feature, axis, sources, part: part)
    }
    let inner = try selected(
      feature, axis, positions.filter { (0..<size).contains($0) },
      part: width.before > 0 || width.after > 0 ? "inner" : part)
    if width.before <= 0, width.after <= 0 { return inner }
    func border(_ count: Int) throws(OperatorError) -> ConcatenationRun? {
      var sizes = feature.sizes
      sizes[axis] = max(count, 0)
      guard let total = checkedCount(sizes, limit: 1 << 22) else {
        throw .option("found pads that are too large")
      }
      let constant = Constant(Array(repeating: Double(value), count: total), sizes: sizes, type: .float)
      return count > 0 ? .constant(constant, false) : nil
    }
    let runs = [try border(width.before), .features([inner]), try border(width.after)].compactMap(\.self)
    return try concatenated(runs, axis: axis, part: part)
  }

  /// Features and constants side by side along one axis.
  mutating func concatenated(
    _ runs: [ConcatenationRun], axis: Int, part: String? = nil
  ) throws(OperatorError) -> Feature {
    var (result, before): (Feature?, ConcatenationRun?) = (nil, nil)
    var rest = runs[...]
    if case .constant? = rest.first { before = rest.removeFirst() }
    var step = 0
    while let run = rest.popFirst() {
      guard case .features(let features) = run else { continue }
      var after: ConcatenationRun?
      if case .constant? = rest.first { after = rest.removeFirst() }
      let isLast = rest.isEmpty
      let hasConstant = before != nil || after != nil
      step += 1
      let own = try concatenated(
        [result].compactMap(\.self) + features, axis, part: isLast && !hasConstant ? part : "features\(step)")
      result =
        hasConstant ? try between(own, axis, before, after, part: isLast ? part : "constants\(step)") : own
      before = nil
    }
    guard let result else { throw .unsupported(nil) }
    return result
  }

  private mutating func between(
    _ feature: Feature, _ axis: Int, _ before: ConcatenationRun?, _ after: ConcatenationRun?, part: String?
  ) throws(OperatorError) -> Feature {
    let place = try isolated(feature, axis)
    for case .constant(let constant, _)? in [before, after] { try charge(constant.count) }
    var isLearned = true
    func tensor(_ run: ConcatenationRun?) -> Tensor? {
      guard case .constant(let constant, let learned)? = run else { return nil }
      isLearned = isLearned && learned
      // Parts of the constant in ONNX's order, then in the node's.
      let own = feature.parts.count
      let list = feature.axes.enumerated().flatMap { $0.offset == axis ? [own] : $0.element }
      let sizes = list.map { $0 == own ? constant.sizes[axis] : feature.parts[$0] }
      let groups = place.groups.enumerated().map { $0.offset == place.index ? [own] : $0.element }
      let order = groups.flatMap { $0 }.map { part in list.firstIndex(of: part) ?? 0 }
      let shape = groups.map { $0 == [own] ? constant.sizes[axis] : feature.size($0) }
      return constant.floats.reshaped(sizes).tensor(transposed: order, shape: Shape(shape))
    }
    let (first, last) = (tensor(before), tensor(after))
    let layer = ConcatenateConstant(axis: place.axis, before: first, after: last, isLearned: isLearned)
    let node = try add(layer, part: part, [place.node])
    return resized(feature, axis, place, to: node)
  }

  private mutating func concatenated(
    _ features: [Feature], _ axis: Int, part: String?
  ) throws(OperatorError) -> Feature {
    guard features.count > 1 else { return features[0] }
    // All other axes cut alike; the second round carries what the first has cut to the earlier ones.
    var features = features
    for _ in 0..<2 {
      for index in features.indices.dropFirst() {
        var (leader, other) = (features[0], features[index])
        let axes = leader.axes.indices.filter { $0 != axis }
        let fits = axes.allSatisfy { Feature.refine(&leader, $0, &other, $0) }
        if fits {
          (features[0], features[index]) = (leader, other)
        } else {
          for every in features.indices { features[every] = try rowMajor(features[every]) }
        }
      }
    }
    let leader = features[0]
    let place = try isolated(leader, axis)
    var nodes = [place.node]
    for feature in features.dropFirst() {
      let groups = place.groups.enumerated().map { index, group in
        index == place.index ? feature.axes[axis] : feature.matching(group, of: leader)
      }
      nodes.append(try arranged(feature, groups))
    }
    let node = try add(Concatenate(axis: place.axis), part: part, nodes)
    return resized(leader, axis, place, to: node)
  }
}
