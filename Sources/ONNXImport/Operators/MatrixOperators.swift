import SaliencyCore

/// Products with a known matrix, which are dense layers, and of two features.
enum MatrixOperators {
  static let all = [
    OperatorDecoder("Gemm", decode: gemm), OperatorDecoder("MatMul", decode: matMul),
    OperatorDecoder("Einsum", decode: einsum),
  ]

  private static func gemm(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let (alpha, beta) = (try operation.float("alpha") ?? 1, try operation.float("beta") ?? 1)
    var feature = try operation.feature()
    guard feature.axes.count == 2 else {
      throw .option("found an input of shape \(feature.sizes), expected a matrix")
    }
    if try operation.integer("transA") == 1 { feature.axes.swapAt(0, 1) }
    let isTransposed = try operation.integer("transB") == 1
    guard case .constant(let kernel) = try operation.value(1) else {
      guard case .feature(var second) = try operation.value(1), second.axes.count == 2 else {
        throw .option("found a second input that is no matrix")
      }
      if isTransposed { second.axes.swapAt(0, 1) }
      let product = try builder.product(feature, second, part: "product")
      let scaled = try builder.rescaled(product, by: alpha, part: "scaled")
      return [.feature(try add(&builder, operation, 2, to: scaled, times: beta))]
    }
    guard kernel.sizes.count == 2 else { throw .option("found a matrix of shape \(kernel.sizes)") }
    let units = kernel.sizes[isTransposed ? 0 : 1]
    let matrix = Kernel(
      alpha == 1 ? kernel : kernel.scaled(by: alpha), inner: isTransposed ? 1 : 0, name: operation.name(1))
    // Features as the third input, or one number for each sample, are added by a layer of their own.
    let given = operation.inputs.count > 2 ? operation.inputs[2] : nil
    guard case .constant(let bias)? = given, [1, units].contains(bias.count),
      bias.sizes.last ?? 1 == bias.count
    else {
      if given == nil { return [.feature(try builder.dense(feature, 1, matrix, bias: nil))] }
      let product = try builder.dense(feature, 1, matrix, bias: nil, part: "product")
      return [.feature(try add(&builder, operation, 2, to: product, times: beta))]
    }
    let wide =
      bias.count == units && beta == 1
      ? bias.tensor([units])
      : Tensor(
        shape: [units],
        scalars: (bias.count == units ? bias.numbers : Array(repeating: bias.numbers[0], count: units)).map {
          Float($0) * beta
        })
    return [.feature(try builder.dense(feature, 1, matrix, bias: wide))]
  }

  private static func add(
    _ builder: inout NetworkBuilder, _ operation: Operation, _ index: Int, to feature: Feature,
    times beta: Float
  ) throws(OperatorError) -> Feature {
    guard operation.inputs.count > index, let value = operation.inputs[index] else { return feature }
    switch value {
    case .constant(let constant): return try builder.sum(feature, constant.scaled(by: beta), isLearned: false)
    case .feature(let other):
      return try builder.merge(.add, feature, try builder.rescaled(other, by: beta, part: "addend"))
    }
  }

  private static func matMul(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    switch (try operation.value(0), try operation.value(1)) {
    case (.feature(let a), .feature(let b)): return [.feature(try builder.product(a, b))]
    case (.feature(let a), .constant(let c)) where c.sizes.count == 2 && !a.axes.isEmpty:
      let kernel = Kernel(c, inner: 0, name: operation.name(1))
      let bias = builder.biasThatFollows(operation.node, units: c.sizes[1])
      let result = try builder.dense(a, a.axes.count - 1, kernel, bias: bias?.tensor)
      if let bias { builder.absorb(bias.output, as: .feature(result)) }
      return [.feature(result)]
    case (.constant(let c), .feature(let a)) where c.sizes.count == 2 && a.axes.count >= 2:
      return [
        .feature(
          try builder.dense(a, a.axes.count - 2, Kernel(c, inner: 1, name: operation.name(0)), bias: nil))
      ]
    case (.feature(let a), .constant(let c)) where c.sizes.count == 1 && !a.axes.isEmpty:
      let kernel = Kernel(c.reshaped([c.count, 1]), inner: 0, name: nil)
      var result = try builder.dense(a, a.axes.count - 1, kernel, bias: nil)
      result.axes.removeLast()
      return [.feature(result)]
    default:
      throw .option("found a list of constant matrices, expected one matrix")
    }
  }

  private static func einsum(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let text = String((try operation.string("equation") ?? "").filter { $0 != " " }.prefix(257))
    var sides = text.split(separator: "-", maxSplits: 1).map(String.init)
    let terms = sides.first?.split(separator: ",").map(Array.init) ?? []
    // Without an output: the axes that occur once, in alphabetical order.
    if sides.count == 1 {
      let names = terms.flatMap { $0 }
      sides.append(">" + String(names.filter { name in names.count { $0 == name } == 1 }.sorted()))
    }
    guard text.utf8.count <= 256, sides.count == 2, sides[1].hasPrefix(">"),
      terms.count == operation.inputs.count,
      terms.count == 2 || terms.count == 1,
      !text.contains("."), terms.allSatisfy({ Set($0).count == $0.count })
    else {
      throw .option(
        "found the equation \"\(text)\", expected one or two inputs with named axes, each once, and an output"
      )
    }
    let output = Array(sides[1].dropFirst())
    var features: [Feature] = []
    for index in terms.indices {
      let feature = try operation.feature(index)
      guard feature.axes.count == terms[index].count else {
        throw .option("found an input of shape \(feature.sizes) for \"\(String(terms[index]))\"")
      }
      features.append(feature)
    }
    guard Set(output).count == output.count,
      output.allSatisfy({ name in terms.contains { $0.contains(name) } })
    else {
      throw .option("found the equation \"\(text)\", whose output has other axes than its inputs")
    }
    return [.feature(try builder.einsum(features, terms, output))]
  }
}

/// A known matrix of a product: which of its axes is summed over, and its name in the file.
struct Kernel {
  let matrix: Constant
  let inner: Int
  let name: String?

  init(_ matrix: Constant, inner: Int, name: String?) {
    self.matrix = matrix
    self.inner = inner
    self.name = name
  }

  var inputs: Int { matrix.sizes[inner] }
  var units: Int { matrix.sizes[1 - inner] }

  /// A layer whose inputs are parts of these sizes in another order; the kernel is read from the file when it is needed.
  func layer(parts: [Int], order: [Int], bias: Tensor?) -> Dense {
    let count = parts.count
    let fine = inner == 0 ? parts + [units] : [units] + parts
    let order = inner == 0 ? order + [count] : order.map { $0 + 1 } + [0]
    let shape: Shape = [inputs, units]
    if order == Array(order.indices), let mapped = matrix.mapped(shape) {
      return Dense(kernel: mapped, bias: bias)
    }
    return Dense(kernel: shape, from: matrix.reshaped(fine).origin(transposed: order), bias: bias)
  }
}

extension Constant {
  /// The numbers times a factor.
  func scaled(by factor: Float) -> Constant {
    factor == 1 ? self : Constant(numbers.map { $0 * Double(factor) }, sizes: sizes, type: .float)
  }
}

extension NetworkBuilder {
  /// A dense layer over one of ONNX's axes: its kernel is given the order that the node's axes have.
  mutating func dense(
    _ feature: Feature, _ axis: Int, _ kernel: Kernel, bias: Tensor?, part: String? = nil
  ) throws(OperatorError) -> Feature {
    let own = feature.axes[axis]
    guard feature.size(own) == kernel.inputs else {
      throw .option("found \(feature.size(own)) inputs of a matrix \(kernel.matrix.sizes)")
    }
    let place = try trailing(feature, [axis], anyOrder: true)
    // Positions of the kernel's own order, in the node's.
    let order = place.last.map { own.firstIndex(of: $0) ?? 0 }
    let layer = kernel.layer(parts: own.map { feature.parts[$0] }, order: order, bias: bias)
    let isSameOrder = order == Array(order.indices)
    let node = try add(layer, part: part, kernel: isSameOrder ? kernel.name : nil, [place.node])
    let new = feature.parts.count
    var axes = feature.axes
    axes[axis] = [new]
    let parts =
      place.outer.flatMap { $0 }.map { (id: $0, size: feature.parts[$0]) } + [(id: new, size: kernel.units)]
    return Feature(node: node, parts: parts, axes: axes)
  }

  /// The known vector that the only reader of a node adds to its output; the reader's output is then the node's.
  func biasThatFollows(_ node: NodeMessage, units: Int) -> (tensor: Tensor, output: String)? {
    guard let output = node.outputs.first, let next = onlyReader(of: output), next.type == "Add",
      next.domain.isEmpty,
      next.inputs.count == 2, let sum = next.outputs.first,
      let other = next.inputs.first(where: { $0 != output }), case .constant(let bias)? = values[other],
      weights.contains(other), bias.sizes == [units], units > 1
    else { return nil }
    return (bias.tensor([units]), sum)
  }

  /// The node that reads a value, if it is the only one and the value is no output.
  func onlyReader(of name: String) -> NodeMessage? {
    guard let found = readers[name], found.count == 1, !outputs.contains(name) else { return nil }
    return found[0]
  }

  /// Takes a later node's output as computed.
  mutating func absorb(_ output: String, as value: Value) {
    absorbed.insert(output)
    values[output] = value
  }

  /// The products of two features' last two axes, over all others.
  mutating func product(_ a: Feature, _ b: Feature, part: String? = nil) throws(OperatorError) -> Feature {
    guard !a.axes.isEmpty, !b.axes.isEmpty else { throw .option("found a number, expected a matrix") }
    var (first, second) = (a, b)
    let (isRow, isColumn) = (a.axes.count == 1, b.axes.count == 1)
    if isRow { first.axes.insert([], at: 0) }
    if isColumn { second.axes.append([]) }
    let rank = max(first.axes.count, second.axes.count)
    first.axes = Array(repeating: [], count: rank - first.axes.count) + first.axes
    second.axes = Array(repeating: [], count: rank - second.axes.count) + second.axes
    let outer = (0..<(rank - 2)).map { max(first.sizes[$0], second.sizes[$0]) }
    first = try expanded(first, to: outer + first.sizes.suffix(2))
    second = try expanded(second, to: outer + second.sizes.suffix(2))
    let batch = Array(0..<(rank - 2))
    var result = try product(
      first, second, batch: batch, rows: [rank - 2], inner: ([rank - 1], [rank - 2]), columns: [rank - 1],
      part)
    if isColumn { result.axes.removeLast() }
    if isRow { result.axes.remove(at: isColumn ? result.axes.count - 1 : result.axes.count - 2) }
    return result
  }

  /// The products over axes `batch` of both, of the first's `rows` by the second's `columns`, summed over the inner axes.
  ///
  /// The axes of the result are `batch`, `rows` and `columns`.
  private mutating func product(
    _ a: Feature, _ b: Feature, batch: [Int], secondBatch: [Int]? = nil, rows: [Int], inner: ([Int], [Int]),
    columns: [Int], _ part: String?
  ) throws(OperatorError) -> Feature {
    func parts(_ feature: Feature, _ axes: [Int]) -> [Int] { axes.flatMap { feature.axes[$0] } }
    let other = secondBatch ?? batch
    guard a.size(parts(a, inner.0)) == b.size(parts(b, inner.1)),
      zip(batch, other).allSatisfy({ a.sizes[$0] == b.sizes[$1] })
    else { throw .option("found matrices of shapes \(a.sizes) and \(b.sizes), which do not fit") }
    func operand(
      _ feature: Feature, _ lists: ([Int], [Int], [Int])
    ) throws(OperatorError) -> (NodeID, Bool) {
      // Stored the other way round, if that is how its axes are.
      let turned = [lists.0, lists.2, lists.1].flatMap { $0 }
      let isTurned = turned == Array(feature.parts.indices) && !lists.1.isEmpty && !lists.2.isEmpty
      let groups = isTurned ? [lists.0, lists.2, lists.1] : [lists.0, lists.1, lists.2]
      return (try arranged(feature, groups), isTurned)
    }
    let first = try operand(a, (parts(a, batch), parts(a, rows), parts(a, inner.0)))
    let second = try operand(b, (parts(b, other), parts(b, inner.1), parts(b, columns)))
    let node = try add(
      MatMul(transposingFirst: first.1, transposingSecond: second.1), part: part, [first.0, second.0])
    let shift = a.parts.count
    let own = parts(a, batch + rows).map { (id: $0, size: a.parts[$0]) }
    let theirs = parts(b, columns).map { (id: $0 + shift, size: b.parts[$0]) }
    return Feature(
      node: node, parts: own + theirs,
      axes: (batch + rows).map { a.axes[$0] } + columns.map { b.axes[$0].map { $0 + shift } })
  }

  /// Products and sums over named axes.
  mutating func einsum(
    _ features: [Feature], _ terms: [[Character]], _ output: [Character]
  ) throws(OperatorError) -> Feature {
    var (features, terms) = (features, terms)
    for index in features.indices {
      let summed = terms[index].indices.filter { axis in
        !output.contains(terms[index][axis])
          && !terms.indices.contains { $0 != index && terms[$0].contains(terms[index][axis]) }
      }
      guard !summed.isEmpty else { continue }
      features[index] = try reduced(features[index], summed, .sum, keepsAxes: false, part: "sum\(index)")
      terms[index] = terms[index].enumerated().filter { !summed.contains($0.offset) }.map(\.element)
    }
    var (result, names) = (features[0], terms[0])
    if features.count == 2 {
      let (first, second) = (terms[0], terms[1])
      func places(_ names: [Character], in term: [Character]) -> [Int] {
        names.compactMap { term.firstIndex(of: $0) }
      }
      let batch = first.filter { second.contains($0) && output.contains($0) }
      let inner = first.filter { second.contains($0) && !output.contains($0) }
      let rows = first.filter { !second.contains($0) }
      let columns = second.filter { !first.contains($0) }
      result = try product(
        features[0], features[1], batch: places(batch, in: first), secondBatch: places(batch, in: second),
        rows: places(rows, in: first), inner: (places(inner, in: first), places(inner, in: second)),
        columns: places(columns, in: second), nil)
      names = batch + rows + columns
    }
    result.axes = output.map { name in result.axes[names.firstIndex(of: name) ?? 0] }
    return result
  }
}
