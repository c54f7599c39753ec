import SaliencyCore

/// Sums, products and powers.
enum ArithmeticOperators {
  static let all = [
    OperatorDecoder("Add", "Sum", decode: add), OperatorDecoder("Sub", decode: subtract),
    OperatorDecoder("Mul", decode: multiply), OperatorDecoder("Div", decode: divide),
    OperatorDecoder("Neg") { builder, operation throws(OperatorError) in
      [.feature(try builder.rescaled(try operation.feature(), by: -1))]
    },
    OperatorDecoder("Pow", decode: power), OperatorDecoder("Mean", decode: mean),
    OperatorDecoder("Max", "Min", decode: extreme), OperatorDecoder("Where", decode: choose),
    OperatorDecoder("IsNaN", decode: isNaN),
  ]

  /// Whether a constant is one of the file's weights, not computed from others.
  private static func isLearned(_ builder: NetworkBuilder, _ operation: Operation, _ index: Int) -> Bool {
    operation.name(index).map { builder.weights.contains($0) } ?? false
  }

  private static func add(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    guard operation.inputs.count > 1 else { return [try operation.value(0)] }
    if operation.inputs.count == 2 {
      switch (try operation.value(0), try operation.value(1)) {
      case (.feature(let a), .feature(let b)): return [.feature(try builder.merge(.add, a, b))]
      case (.feature(let a), .constant(let c)):
        return [.feature(try builder.sum(a, c, isLearned: isLearned(builder, operation, 1)))]
      case (.constant(let c), .feature(let a)):
        return [.feature(try builder.sum(a, c, isLearned: isLearned(builder, operation, 0)))]
      case (.constant, .constant): throw .unsupported(nil)
      }
    }
    return [.feature(try combined(&builder, operation, .add))]
  }

  /// Several inputs combined one after the other.
  private static func combined(
    _ builder: inout NetworkBuilder, _ operation: Operation, _ merge: Merge.Operation, isLast: Bool = true
  ) throws(OperatorError) -> Feature {
    var result = try operation.feature(0)
    for index in operation.inputs.indices.dropFirst() {
      let part = isLast && index == operation.inputs.count - 1 ? nil : "\(index)"
      result = try builder.merge(merge, result, try operation.feature(index), part: part)
    }
    return result
  }

  private static func subtract(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    switch (try operation.value(0), try operation.value(1)) {
    case (.feature(let a), .feature(let b)): return [.feature(try builder.merge(.subtract, a, b))]
    case (.feature(let a), .constant(let c)):
      return [.feature(try builder.sum(a, c.negated, isLearned: false))]
    case (.constant(let c), .feature(let a)):
      if let number = c.scalar { return [.feature(try builder.rescaled(a, by: -1, plus: Float(number)))] }
      let negative = try builder.rescaled(a, by: -1, part: "negative")
      return [.feature(try builder.sum(negative, c, isLearned: false))]
    case (.constant, .constant): throw .unsupported(nil)
    }
  }

  private static func multiply(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    switch (try operation.value(0), try operation.value(1)) {
    case (.feature(let a), .feature(let b)):
      return [.feature(try builder.merge(.multiply, a, b))]
    case (.feature(let a), .constant(let c)):
      return [.feature(try builder.product(a, c, isLearned: isLearned(builder, operation, 1)))]
    case (.constant(let c), .feature(let a)):
      return [.feature(try builder.product(a, c, isLearned: isLearned(builder, operation, 0)))]
    case (.constant, .constant): throw .unsupported(nil)
    }
  }

  private static func divide(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    switch (try operation.value(0), try operation.value(1)) {
    case (.feature(let a), .feature(let b)):
      let inverse = try builder.apply(ElementwiseFunction.reciprocal, part: "reciprocal", to: b)
      return [.feature(try builder.merge(.multiply, a, inverse))]
    case (.feature(let a), .constant(let c)):
      if let sum = builder.geluThatFollows(operation.node, divisor: c) {
        builder.begin(sum)
        let result = try builder.apply(Activation.gelu, to: a)
        builder.absorbGELU(of: operation.node, as: .feature(result))
        return [.feature(result)]
      }
      return [.feature(try builder.product(a, c.inverted, isLearned: false))]
    case (.constant(let c), .feature(let a)):
      let isOne = c.scalar == 1
      let inverse = try builder.apply(ElementwiseFunction.reciprocal, part: isOne ? nil : "reciprocal", to: a)
      return [.feature(try builder.product(inverse, c, isLearned: false))]
    case (.constant, .constant): throw .unsupported(nil)
    }
  }

  private static func power(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    guard let exponent = try operation.constant(1).scalar else {
      throw .option("found several exponents, expected one")
    }
    return [.feature(try builder.apply(Power(Float(exponent)), to: try operation.feature()))]
  }

  private static func mean(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    guard operation.inputs.count > 1 else { return [try operation.value(0)] }
    let sum = try combined(&builder, operation, .add, isLast: false)
    return [.feature(try builder.rescaled(sum, by: 1 / Float(operation.inputs.count)))]
  }

  private static func extreme(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let isMaximum = operation.type == "Max"
    guard operation.inputs.count > 1 else { return [try operation.value(0)] }
    if operation.inputs.count == 2, let (index, bound) = try bound(operation) {
      let feature = try operation.feature(1 - index)
      if isMaximum, bound == 0 { return [.feature(try builder.apply(ReLU(), to: feature))] }
      let layer = isMaximum ? Clip(low: bound) : Clip(high: bound)
      return [.feature(try builder.apply(layer, to: feature))]
    }
    return [.feature(try combined(&builder, operation, isMaximum ? .maximum : .minimum))]
  }

  /// The input that is one number.
  private static func bound(_ operation: Operation) throws(OperatorError) -> (index: Int, value: Float)? {
    for index in 0...1 {
      if case .constant(let constant) = try operation.value(index), let number = constant.scalar {
        return (index, Float(number))
      }
    }
    return nil
  }

  /// One of two values, by a known mask: each times its own mask, and their sum.
  private static func choose(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    // What replaces NaN: softmax of a row that is masked altogether, which no image gives.
    if let name = operation.name(0), builder.neverTrue.contains(name) { return [try operation.value(2)] }
    let mask = try operation.constant(0)
    var result: Feature?
    for (index, isChosen) in [(1, true), (2, false)] {
      guard case .feature(let feature) = try operation.value(index) else { continue }
      let own = Constant(
        mask.numbers.map { ($0 != 0) == isChosen ? 1 : 0 }, sizes: mask.sizes, type: .float)
      let part = try builder.product(feature, own, isLearned: false, part: isChosen ? "chosen" : "other")
      result = try result.map { first throws(OperatorError) in try builder.merge(.add, first, part) } ?? part
    }
    guard var result else { throw .unsupported(nil) }
    for (index, isChosen) in [(1, true), (2, false)] {
      guard case .constant(let constant) = try operation.value(index) else { continue }
      let fill = try ConstantOperators.elementwise(mask, constant) { ($0 != 0) == isChosen ? $1 : 0 }
      if fill.numbers.allSatisfy({ $0 == 0 }) { continue }
      result = try builder.sum(result, fill.floats, isLearned: false)
    }
    return [.feature(result)]
  }

  private static func isNaN(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    guard let output = operation.node.outputs.first,
      builder.readers[output]?.allSatisfy({ $0.type == "Where" && $0.inputs.first == output }) == true
    else { throw .option("found a reader other than a choice (Where), which is not supported") }
    builder.neverTrue.insert(output)
    return [.constant(Constant([0], sizes: [], type: .bool))]
  }
}

extension Constant {
  fileprivate var negated: Constant { Constant(numbers.map { -$0 }, sizes: sizes, type: type) }
  fileprivate var inverted: Constant {
    Constant(numbers.map { Double(1 / Float($0)) }, sizes: sizes, type: .float)
  }
  /// The same numbers as fractions.
  var floats: Constant { type.isFloating ? self : Constant(numbers, sizes: sizes, type: .float) }
}

extension NetworkBuilder {
  /// The nodes of a GELU as older exporters write it, x (1 + erf(x / sqrt 2)) / 2, after its division.
  private func geluNodes(_ node: NodeMessage) -> [NodeMessage]? {
    func next(_ node: NodeMessage, _ type: String, _ other: (String) -> Bool) -> NodeMessage? {
      guard let output = node.outputs.first, let reader = onlyReader(of: output), reader.type == type,
        reader.domain.isEmpty
      else { return nil }
      let rest = reader.inputs.filter { $0 != output }
      return rest.count == reader.inputs.count - 1 && rest.allSatisfy(other) ? reader : nil
    }
    func isNumber(_ wanted: Double) -> (String) -> Bool {
      { name in
        guard case .constant(let constant)? = self.values[name] else { return false }
        return constant.scalar == wanted
      }
    }
    guard let input = node.inputs.first, let erf = next(node, "Erf", { _ in false }),
      let sum = next(erf, "Add", isNumber(1)), let product = next(sum, "Mul", { $0 == input }),
      let half = next(product, "Mul", isNumber(0.5))
    else { return nil }
    return [erf, sum, product, half]
  }

  /// The name of the last node of a GELU that begins with a division.
  fileprivate func geluThatFollows(_ node: NodeMessage, divisor: Constant) -> String? {
    guard let number = divisor.scalar, abs(number - 2.0.squareRoot()) < 1e-6 else { return nil }
    return geluNodes(node)?.last?.label
  }

  fileprivate mutating func absorbGELU(of node: NodeMessage, as value: Value) {
    for node in geluNodes(node) ?? [] {
      for output in node.outputs { absorb(output, as: value) }
    }
  }
}
