import SaliencyCore

/// Parts of constants, and constants put together.
enum ConstantSelections {
  static let byType: [String: ConstantOperators.Fold] = [
    "Gather": gather, "Slice": slice, "Concat": concatenate, "Split": split, "Tile": tile,
    "ScatterND": scatter,
    "Trilu": triangle, "CumSum": cumulativeSum, "NonZero": nonZero, "OneHot": oneHot, "EyeLike": identity,
    "Pad": pad,
    "GatherElements": gatherElements, "GatherND": gatherND,
  ]

  @Sendable private static func gather(_ operation: Operation, _ limit: Int) throws(OperatorError)
    -> [Constant]
  {
    let (a, indices) = (try operation.constant(0), try operation.constant(1))
    let axis = try operation.axis(try operation.integer("axis") ?? 0, of: a.sizes.count)
    var sizes = a.sizes
    sizes.replaceSubrange(axis...axis, with: indices.sizes)
    guard sizes.count <= Constant.mostAxes, checkedCount(sizes, limit: limit) != nil else {
      throw ConstantOperators.tooLarge(sizes)
    }
    let positions = indices.integers.map { $0 < 0 ? $0 + a.sizes[axis] : $0 }
    guard positions.allSatisfy({ (0..<a.sizes[axis]).contains($0) }) else {
      throw .option("found an index outside of \(a.sizes[axis]) positions")
    }
    return [ConstantOperators.selected(a, axis: axis, positions).reshaped(sizes)]
  }

  @Sendable private static func slice(_ operation: Operation, _ limit: Int) throws(OperatorError)
    -> [Constant]
  {
    var a = try operation.constant(0)
    for (axis, positions) in try SelectionOperators.ranges(operation, sizes: a.sizes) {
      if positions != Array(0..<a.sizes[axis]) { a = ConstantOperators.selected(a, axis: axis, positions) }
    }
    return [a]
  }

  @Sendable private static func concatenate(
    _ operation: Operation, _ limit: Int
  ) throws(OperatorError) -> [Constant] {
    var list: [Constant] = []
    for index in operation.inputs.indices { list.append(try operation.constant(index)) }
    guard let first = list.first, let axis = try operation.integer("axis") else {
      throw .option("found no axis")
    }
    guard list.reduce(0, { $0 + $1.count }) <= limit else { throw ConstantOperators.tooLarge(first.sizes) }
    return [
      try ConstantOperators.concatenated(list, axis: try operation.axis(axis, of: first.sizes.count)).typed(
        first.type)
    ]
  }

  @Sendable private static func split(_ operation: Operation, _ limit: Int) throws(OperatorError)
    -> [Constant]
  {
    let a = try operation.constant(0)
    let axis = try operation.axis(try operation.integer("axis") ?? 0, of: a.sizes.count)
    let (size, count) = (a.sizes[axis], operation.node.outputs.count)
    let each = (size + count - 1) / max(count, 1)
    let lengths =
      try operation.integers("split", orInput: 1) ?? (0..<count).map { max(min(each, size - $0 * each), 0) }
    guard lengths.count == count, lengths.allSatisfy({ (0...size).contains($0) }),
      lengths.reduce(0, +) == size
    else {
      throw .option("found parts \(lengths) of \(size) positions")
    }
    var start = 0
    return lengths.map { length in
      defer { start += length }
      return ConstantOperators.selected(a, axis: axis, Array(start..<(start + length)))
    }
  }

  @Sendable private static func tile(_ operation: Operation, _ limit: Int) throws(OperatorError) -> [Constant]
  {
    var a = try operation.constant(0)
    let repeats = try operation.constant(1).integers
    guard a.count > 0, repeats.count == a.sizes.count, repeats.allSatisfy({ $0 >= 0 && $0 <= limit }) else {
      throw .option("found repeats \(repeats) for the shape \(a.sizes)")
    }
    for (axis, count) in repeats.enumerated() where count != 1 {
      guard checkedCount([a.count, count], limit: limit) != nil else {
        throw ConstantOperators.tooLarge(a.sizes)
      }
      let size = a.sizes[axis]
      a = ConstantOperators.selected(a, axis: axis, (0..<(size * count)).map { $0 % size })
    }
    return [a]
  }

  @Sendable private static func scatter(
    _ operation: Operation, _ limit: Int
  ) throws(OperatorError) -> [Constant] {
    let (a, indices, updates) = (
      try operation.constant(0), try operation.constant(1), try operation.constant(2)
    )
    guard let depth = indices.sizes.last, (1...max(a.sizes.count, 1)).contains(depth), depth <= a.sizes.count
    else {
      throw .option("found indices of shape \(indices.sizes) into the shape \(a.sizes)")
    }
    let reduction = try operation.string("reduction") ?? "none"
    guard ["none", "add", "mul"].contains(reduction) else { throw .option("found reduction \(reduction)") }
    let width = a.sizes[depth...].reduce(1, *)
    let (places, values) = (indices.integers, updates.numbers)
    guard values.count == places.count / depth * width, a.count <= limit else {
      throw .option("found updates of shape \(updates.sizes) for indices \(indices.sizes)")
    }
    var numbers = a.numbers
    for row in 0..<(places.count / depth) {
      let start =
        try offset(places[(row * depth)..<((row + 1) * depth)], in: Array(a.sizes[..<depth])) * width
      for i in 0..<width {
        let value = values[row * width + i]
        switch reduction {
        case "add": numbers[start + i] += value
        case "mul": numbers[start + i] *= value
        default: numbers[start + i] = value
        }
      }
    }
    return [Constant(numbers, sizes: a.sizes, type: a.type)]
  }

  /// The number of an element by its indices, which may be counted from the end.
  private static func offset(_ index: ArraySlice<Int>, in sizes: [Int]) throws(OperatorError) -> Int {
    var result = 0
    for (value, size) in zip(index, sizes) {
      let place = value < 0 ? value + size : value
      guard (0..<size).contains(place) else { throw .option("found index \(value) of \(size) positions") }
      result = result * size + place
    }
    return result
  }

  @Sendable private static func gatherND(
    _ operation: Operation, _ limit: Int
  ) throws(OperatorError) -> [Constant] {
    let (a, indices) = (try operation.constant(0), try operation.constant(1))
    guard try operation.integer("batch_dims") ?? 0 == 0, let depth = indices.sizes.last, depth >= 1,
      depth <= a.sizes.count
    else { throw .option("found indices of shape \(indices.sizes) into the shape \(a.sizes)") }
    let width = a.sizes[depth...].reduce(1, *)
    let sizes = Array(indices.sizes.dropLast()) + a.sizes[depth...]
    guard checkedCount(sizes, limit: limit) != nil else { throw ConstantOperators.tooLarge(sizes) }
    let (places, source) = (indices.integers, a.numbers)
    var numbers: [Double] = []
    for row in 0..<(places.count / depth) {
      let start =
        try offset(places[(row * depth)..<((row + 1) * depth)], in: Array(a.sizes[..<depth])) * width
      numbers += source[start..<(start + width)]
    }
    return [Constant(numbers, sizes: sizes, type: a.type)]
  }

  @Sendable private static func gatherElements(
    _ operation: Operation, _ limit: Int
  ) throws(OperatorError) -> [Constant] {
    let (a, indices) = (try operation.constant(0), try operation.constant(1))
    let rank = a.sizes.count
    let axis = try operation.axis(try operation.integer("axis") ?? 0, of: rank)
    guard indices.sizes.count == rank,
      (0..<rank).allSatisfy({ $0 == axis || indices.sizes[$0] <= a.sizes[$0] })
    else {
      throw .option("found indices of shape \(indices.sizes) into the shape \(a.sizes)")
    }
    let (places, source) = (indices.integers, a.numbers)
    var numbers: [Double] = []
    for (i, place) in places.enumerated() {
      var (rest, index) = (i, [Int](repeating: 0, count: rank))
      for axis in (0..<rank).reversed() {
        index[axis] = rest % indices.sizes[axis]
        rest /= indices.sizes[axis]
      }
      index[axis] = place
      numbers.append(source[try offset(index[...], in: a.sizes)])
    }
    return [Constant(numbers, sizes: indices.sizes, type: a.type)]
  }

  @Sendable private static func triangle(
    _ operation: Operation, _ limit: Int
  ) throws(OperatorError) -> [Constant] {
    let a = try operation.constant(0)
    guard a.sizes.count >= 2 else { throw .option("found the shape \(a.sizes), expected matrices") }
    let diagonal = try operation.optionalConstant(1)?.integers.first ?? 0
    let isUpper = try operation.integer("upper") ?? 1 != 0
    let (rows, columns) = (a.sizes[a.sizes.count - 2], a.sizes[a.sizes.count - 1])
    let numbers = a.numbers.enumerated().map { i, value in
      let (row, column) = (i / max(columns, 1) % max(rows, 1), i % max(columns, 1))
      let distance = column - row
      return (isUpper ? distance >= diagonal : distance <= diagonal) ? value : 0
    }
    return [Constant(numbers, sizes: a.sizes, type: a.type)]
  }

  @Sendable private static func cumulativeSum(
    _ operation: Operation, _ limit: Int
  ) throws(OperatorError) -> [Constant] {
    let a = try operation.constant(0)
    guard let given = try operation.constant(1).integers.first else { throw .option("found no axis") }
    let axis = try operation.axis(given, of: a.sizes.count)
    let (isExclusive, isReversed) = (
      try operation.integer("exclusive") == 1, try operation.integer("reverse") == 1
    )
    let (size, inner) = (a.sizes[axis], a.sizes[(axis + 1)...].reduce(1, *))
    var numbers = a.numbers
    for start in 0..<(a.count / max(size, 1)) {
      let first = start / max(inner, 1) * size * inner + start % max(inner, 1)
      var sum = 0.0
      for step in 0..<size {
        let i = first + (isReversed ? size - 1 - step : step) * inner
        let value = numbers[i]
        numbers[i] = isExclusive ? sum : sum + value
        sum += value
      }
    }
    return [Constant(numbers, sizes: a.sizes, type: a.type)]
  }

  @Sendable private static func nonZero(
    _ operation: Operation, _ limit: Int
  ) throws(OperatorError) -> [Constant] {
    let a = try operation.constant(0)
    let source = a.numbers
    let found = source.indices.filter { source[$0] != 0 }
    guard found.count * max(a.sizes.count, 1) <= limit else { throw ConstantOperators.tooLarge(a.sizes) }
    let numbers = a.sizes.indices.flatMap { axis in
      let step = a.sizes[(axis + 1)...].reduce(1, *)
      return found.map { Double($0 / step % a.sizes[axis]) }
    }
    return [Constant(numbers, sizes: [a.sizes.count, found.count], type: .int64)]
  }

  @Sendable private static func oneHot(
    _ operation: Operation, _ limit: Int
  ) throws(OperatorError) -> [Constant] {
    let (indices, values) = (try operation.constant(0), try operation.constant(2))
    guard let depth = try operation.constant(1).integers.first, depth > 0, values.count == 2 else {
      throw .option("found a depth or values that do not fit")
    }
    let rank = indices.sizes.count + 1
    let axis = try operation.axis(try operation.integer("axis") ?? -1, of: rank)
    var sizes = indices.sizes
    sizes.insert(depth, at: axis)
    guard let count = checkedCount(sizes, limit: limit) else { throw ConstantOperators.tooLarge(sizes) }
    let inner = sizes[(axis + 1)...].reduce(1, *)
    var numbers = Array(repeating: values.numbers[0], count: count)
    for (i, index) in indices.integers.enumerated() {
      let place = index < 0 ? index + depth : index
      guard (0..<depth).contains(place) else { continue }
      numbers[(i / max(inner, 1) * depth + place) * inner + i % max(inner, 1)] = values.numbers[1]
    }
    return [Constant(numbers, sizes: sizes, type: values.type)]
  }

  @Sendable private static func identity(
    _ operation: Operation, _ limit: Int
  ) throws(OperatorError) -> [Constant] {
    let a = try operation.constant(0)
    guard a.sizes.count == 2, a.count <= limit else {
      throw .option("found the shape \(a.sizes), expected a matrix")
    }
    let shift = try operation.integer("k") ?? 0
    let type = try operation.integer("dtype").flatMap(ElementType.init) ?? a.type
    let numbers = (0..<a.count).map { i in
      i % max(a.sizes[1], 1) - i / max(a.sizes[1], 1) == shift ? 1.0 : 0
    }
    return [Constant(numbers, sizes: a.sizes, type: type)]
  }

  @Sendable private static func pad(_ operation: Operation, _ limit: Int) throws(OperatorError) -> [Constant]
  {
    var a = try operation.constant(0)
    let rank = a.sizes.count
    let mode = try operation.string("mode") ?? "constant"
    guard a.count > 0 else { throw .option("found an empty constant, expected numbers") }
    guard let pads = try operation.integers("pads", orInput: 1), pads.count == 2 * rank,
      pads.allSatisfy({ (0...limit).contains($0) })
    else { throw .option("found pads that are not supported for constants") }
    guard mode == "constant" else {
      for axis in 0..<rank where pads[axis] + pads[rank + axis] > 0 {
        guard checkedCount([a.count, a.sizes[axis] + pads[axis] + pads[rank + axis]], limit: limit) != nil
        else {
          throw ConstantOperators.tooLarge(a.sizes)
        }
        let positions = try SelectionOperators.positions(
          mode, size: a.sizes[axis], before: pads[axis], after: pads[rank + axis])
        a = ConstantOperators.selected(a, axis: axis, positions)
      }
      return [a]
    }
    let value = try operation.number("value", orInput: 2) ?? 0
    for axis in 0..<rank {
      var list: [Constant] = []
      for (count, isInput) in [(pads[axis], false), (a.sizes[axis], true), (pads[rank + axis], false)] {
        var sizes = a.sizes
        sizes[axis] = count
        guard let total = checkedCount(sizes, limit: limit) else { throw ConstantOperators.tooLarge(sizes) }
        list.append(
          isInput ? a : Constant(Array(repeating: Double(value), count: total), sizes: sizes, type: a.type))
      }
      a = try ConstantOperators.concatenated(list.filter { $0.count > 0 }, axis: axis)
    }
    return [a]
  }
}
