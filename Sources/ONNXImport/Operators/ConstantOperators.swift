import Foundation
import SaliencyCore

/// Operators computed when the graph is built, because all their inputs are known: the arithmetic of shapes that exporters leave.
enum ConstantOperators {
  typealias Fold = @Sendable (Operation, _ limit: Int) throws(OperatorError) -> [Constant]

  /// The folds by the operators' types.
  static let byType: [String: Fold] = functions.merging(structure) { first, _ in first }
    .merging(ConstantSelections.byType) { first, _ in first }

  // MARK: Element by element

  private static let functions: [String: Fold] = {
    var table: [String: Fold] = [:]
    let unary: [(String, @Sendable (Double) -> Double)] = [
      ("Neg", { -$0 }), ("Abs", { abs($0) }), ("Floor", { $0.rounded(.down) }), ("Ceil", { $0.rounded(.up) }),
      ("Round", { $0.rounded(.toNearestOrEven) }), ("Sqrt", { $0.squareRoot() }), ("Exp", { exp($0) }),
      ("Log", { log($0) }), ("Reciprocal", { 1 / $0 }), ("Sin", { sin($0) }), ("Cos", { cos($0) }),
      ("Tanh", { tanh($0) }), ("Sigmoid", { 1 / (1 + exp(-$0)) }), ("Erf", { erf($0) }),
      ("Relu", { max($0, 0) }),
      ("Sign", { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }),
    ]
    for (type, function) in unary { table[type] = mapping(function, to: nil) }
    let tests: [(String, @Sendable (Double) -> Double)] = [
      ("Not", { $0 == 0 ? 1 : 0 }), ("IsNaN", { $0.isNaN ? 1 : 0 }), ("IsInf", { $0.isInfinite ? 1 : 0 }),
    ]
    for (type, function) in tests { table[type] = mapping(function, to: .bool) }
    let binary: [(String, @Sendable (Double, Double) -> Double)] = [
      ("Add", { $0 + $1 }), ("Sub", { $0 - $1 }), ("Mul", { $0 * $1 }), ("Pow", { pow($0, $1) }),
      ("Max", { max($0, $1) }), ("Min", { min($0, $1) }), ("Sum", { $0 + $1 }), ("Div", { $0 / $1 }),
    ]
    for (type, function) in binary { table[type] = combining(function, to: nil) }
    let comparisons: [(String, @Sendable (Double, Double) -> Double)] = [
      ("Equal", { $0 == $1 ? 1 : 0 }), ("Greater", { $0 > $1 ? 1 : 0 }), ("Less", { $0 < $1 ? 1 : 0 }),
      ("GreaterOrEqual", { $0 >= $1 ? 1 : 0 }), ("LessOrEqual", { $0 <= $1 ? 1 : 0 }),
      ("And", { $0 != 0 && $1 != 0 ? 1 : 0 }), ("Or", { $0 != 0 || $1 != 0 ? 1 : 0 }),
      ("Xor", { ($0 != 0) != ($1 != 0) ? 1 : 0 }),
    ]
    for (type, function) in comparisons { table[type] = combining(function, to: .bool) }
    return table.merging(["Mod": modulo, "Where": choose]) { first, _ in first }
  }()

  /// One function of each element; the elements keep their type if none is given.
  private static func mapping(
    _ function: @escaping @Sendable (Double) -> Double, to type: ElementType?
  ) -> Fold {
    @Sendable func fold(_ operation: Operation, _ limit: Int) throws(OperatorError) -> [Constant] {
      let a = try operation.constant(0)
      let result = type ?? a.type
      return [Constant(a.numbers.map { result.rounded(function($0)) }, sizes: a.sizes, type: result)]
    }
    return fold
  }

  /// All inputs combined one after the other.
  private static func combining(
    _ function: @escaping @Sendable (Double, Double) -> Double, to type: ElementType?
  ) -> Fold {
    @Sendable func fold(_ operation: Operation, _ limit: Int) throws(OperatorError) -> [Constant] {
      var result = try operation.constant(0)
      let kind = type ?? result.type
      for index in operation.inputs.indices.dropFirst() {
        result = try elementwise(result, try operation.constant(index), limit: limit) {
          kind.rounded(function($0, $1))
        }
      }
      return [result.typed(kind)]
    }
    return fold
  }

  @Sendable private static func modulo(
    _ operation: Operation, _ limit: Int
  ) throws(OperatorError) -> [Constant] {
    let a = try operation.constant(0)
    let keepsSign = try operation.integer("fmod") == 1
    let result = try elementwise(a, try operation.constant(1), limit: limit) { x, y in
      let rest = fmod(x, y)
      return keepsSign || rest == 0 || (rest < 0) == (y < 0) ? rest : rest + y
    }
    return [result]
  }

  @Sendable private static func choose(
    _ operation: Operation, _ limit: Int
  ) throws(OperatorError) -> [Constant] {
    let (mask, a, b) = (try operation.constant(0), try operation.constant(1), try operation.constant(2))
    let both = try elementwise(mask, a, limit: limit) { _, _ in 0 }
    let whole = try elementwise(both, b, limit: limit) { _, _ in 0 }
    let masks = try elementwise(whole, mask, limit: limit) { $1 }.numbers
    let firsts = try elementwise(whole, a, limit: limit) { $1 }.numbers
    let seconds = try elementwise(whole, b, limit: limit) { $1 }.numbers
    let numbers = masks.indices.map { masks[$0] != 0 ? firsts[$0] : seconds[$0] }
    return [Constant(numbers, sizes: whole.sizes, type: a.type)]
  }

  /// Two constants combined element by element, axes of size one repeated.
  static func elementwise(
    _ a: Constant, _ b: Constant, limit: Int = 1 << 24, _ combine: (Double, Double) -> Double
  ) throws(OperatorError) -> Constant {
    let rank = max(a.sizes.count, b.sizes.count)
    let first = Array(repeating: 1, count: rank - a.sizes.count) + a.sizes
    let second = Array(repeating: 1, count: rank - b.sizes.count) + b.sizes
    var sizes: [Int] = []
    for (x, y) in zip(first, second) {
      guard x == y || x == 1 || y == 1 else {
        throw .option("found constants of shapes \(a.sizes) and \(b.sizes), which do not fit")
      }
      sizes.append(x == 1 ? y : x)
    }
    guard let count = checkedCount(sizes, limit: limit) else { throw tooLarge(sizes) }
    let (left, right) = (a.numbers, b.numbers)
    if a.sizes == b.sizes { return Constant(zip(left, right).map(combine), sizes: sizes, type: a.type) }
    var numbers: [Double] = []
    numbers.reserveCapacity(count)
    Walk(sizes, first, second).forEach { numbers.append(combine(left[$0], right[$1])) }
    return Constant(numbers, sizes: sizes, type: a.type)
  }

  static func tooLarge(_ sizes: [Int]) -> OperatorError {
    .option("found a computed constant of shape \(sizes), expected fewer elements")
  }

  // MARK: Shapes and structure

  private static let structure: [String: Fold] = [
    "Identity": { operation, _ throws(OperatorError) in [try operation.constant(0)] },
    "Cast": { operation, _ throws(OperatorError) in
      let a = try operation.constant(0)
      guard let type = ElementType(rawValue: try operation.integer("to") ?? 1), type != .string else {
        throw .option("found a conversion to text")
      }
      return [a.type == type ? a : Constant(a.numbers.map(type.rounded), sizes: a.sizes, type: type)]
    },
    "Reshape": { operation, _ throws(OperatorError) in
      let a = try operation.constant(0)
      guard let wanted = try operation.integers("shape", orInput: 1) else { throw .option("found no shape") }
      return [
        a.reshaped(
          try ShapeOperators.resolved(
            wanted, from: a.sizes, allowsZero: try operation.integer("allowzero") == 1))
      ]
    },
    "Flatten": { operation, _ throws(OperatorError) in
      let a = try operation.constant(0)
      let axis = try operation.integer("axis") ?? 1
      guard (-a.sizes.count...a.sizes.count).contains(axis) else { throw .option("found axis \(axis)") }
      let first = axis < 0 ? axis + a.sizes.count : axis
      return [a.reshaped([a.sizes[..<first].reduce(1, *), a.sizes[first...].reduce(1, *)])]
    },
    "Squeeze": { operation, _ throws(OperatorError) in
      let a = try operation.constant(0)
      let given = try operation.integers("axes", orInput: 1)
      let axes =
        try given.map { list throws(OperatorError) in try operation.axes(list, of: a.sizes.count) }
        ?? a.sizes.indices.filter { a.sizes[$0] == 1 }
      guard axes.allSatisfy({ a.sizes[$0] == 1 }) else {
        throw .option("found axes \(axes) of shape \(a.sizes)")
      }
      return [a.reshaped(a.sizes.indices.filter { !axes.contains($0) }.map { a.sizes[$0] })]
    },
    "Unsqueeze": { operation, _ throws(OperatorError) in
      let a = try operation.constant(0)
      guard let given = try operation.integers("axes", orInput: 1),
        given.count + a.sizes.count <= Constant.mostAxes
      else { throw .option("found no axes, or too many") }
      let axes = try operation.axes(given, of: a.sizes.count + given.count)
      guard axes.count == given.count else { throw .option("found axes \(given), expected each once") }
      var sizes = a.sizes
      for axis in axes { sizes.insert(1, at: axis) }
      return [a.reshaped(sizes)]
    },
    "Transpose": { operation, limit throws(OperatorError) in
      let a = try operation.constant(0)
      let order = try operation.integers("perm") ?? a.sizes.indices.reversed()
      guard order.sorted() == Array(a.sizes.indices) else { throw .option("found the order \(order)") }
      return [try transposed(a, order, limit: limit)]
    },
    "Expand": { operation, limit throws(OperatorError) in
      let sizes = try operation.constant(1).integers
      guard sizes.count <= Constant.mostAxes, let count = checkedCount(sizes, limit: limit) else {
        throw tooLarge(sizes)
      }
      let shape = Constant(Array(repeating: 0, count: count), sizes: sizes, type: .float)
      return [try elementwise(try operation.constant(0), shape, limit: limit) { first, _ in first }]
    },
    "ConstantOfShape": { operation, limit throws(OperatorError) in
      let sizes = try operation.constant(0).integers
      guard sizes.count <= Constant.mostAxes, let count = checkedCount(sizes, limit: limit) else {
        throw tooLarge(sizes)
      }
      var reader = TensorReader(folder: "")
      let value = try operation.node.attributes["value"]?.tensor.map { message throws(OperatorError) in
        try reader.constant(message)
      }
      return [
        Constant(
          Array(repeating: value?.scalar ?? 0, count: count), sizes: sizes, type: value?.type ?? .float)
      ]
    },
    "Range": { operation, limit throws(OperatorError) in
      let (first, last, step) = (
        try operation.constant(0), try operation.constant(1).scalar, try operation.constant(2).scalar
      )
      guard let start = first.scalar, let last, let step, step != 0, ((last - start) / step).isFinite else {
        throw .option("found a range without an end or a step")
      }
      let count = max(((last - start) / step).rounded(.up), 0)
      guard count <= Double(limit) else { throw .option("found a range of \(count) numbers") }
      return [
        Constant((0..<Int(count)).map { start + Double($0) * step }, sizes: [Int(count)], type: first.type)
      ]
    },
    "ReduceProd": { operation, _ throws(OperatorError) in try reduce(operation) { $0.reduce(1, *) } },
    "ReduceSum": { operation, _ throws(OperatorError) in try reduce(operation) { $0.reduce(0, +) } },
    "ReduceMax": { operation, _ throws(OperatorError) in try reduce(operation) { $0.max() ?? -.infinity } },
    "ReduceMin": { operation, _ throws(OperatorError) in try reduce(operation) { $0.min() ?? .infinity } },
    "ReduceMean": { operation, _ throws(OperatorError) in
      try reduce(operation) { $0.reduce(0, +) / Double(max($0.count, 1)) }
    },
  ]

  /// The axes of a constant in another order.
  static func transposed(_ a: Constant, _ order: [Int], limit: Int) throws(OperatorError) -> Constant {
    guard a.count <= limit else { throw tooLarge(a.sizes) }
    if order == Array(order.indices) { return a }
    let source = a.numbers
    var numbers = [Double](repeating: 0, count: a.count)
    if a.count > 0 { Transposition(of: a.sizes, order: order).forEach { numbers[$0] = source[$1] } }
    return Constant(numbers, sizes: order.map { a.sizes[$0] }, type: a.type)
  }

  private static func reduce(
    _ operation: Operation, _ body: ([Double]) -> Double
  ) throws(OperatorError) -> [Constant] {
    let a = try operation.constant(0)
    let given = try operation.integers("axes", orInput: 1) ?? []
    if given.isEmpty, try operation.integer("noop_with_empty_axes") == 1 { return [a] }
    let axes = given.isEmpty ? Array(a.sizes.indices) : try operation.axes(given, of: a.sizes.count)
    let keeps = try operation.integer("keepdims") ?? 1 != 0
    let others = a.sizes.indices.filter { !axes.contains($0) }
    let rows = try transposed(a, others + axes, limit: 1 << 24).numbers
    let width = axes.reduce(1) { $0 * a.sizes[$1] }
    let count = others.reduce(1) { $0 * a.sizes[$1] }
    let numbers = (0..<count).map { a.type.rounded(body(Array(rows[($0 * width)..<(($0 + 1) * width)]))) }
    let sizes =
      keeps ? a.sizes.indices.map { axes.contains($0) ? 1 : a.sizes[$0] } : others.map { a.sizes[$0] }
    return [Constant(numbers, sizes: sizes, type: a.type)]
  }

  /// Some positions along one axis.
  static func selected(_ a: Constant, axis: Int, _ positions: [Int]) -> Constant {
    let inner = a.sizes[(axis + 1)...].reduce(1, *)
    let outer = a.sizes[..<axis].reduce(1, *)
    let source = a.numbers
    var numbers: [Double] = []
    numbers.reserveCapacity(outer * positions.count * inner)
    for block in 0..<outer {
      for position in positions {
        let start = (block * a.sizes[axis] + position) * inner
        numbers += source[start..<(start + inner)]
      }
    }
    var sizes = a.sizes
    sizes[axis] = positions.count
    return Constant(numbers, sizes: sizes, type: a.type)
  }

  static func slice(_ a: Constant, axis: Int, _ range: Range<Int>) throws(OperatorError) -> Constant {
    selected(a, axis: axis, Array(range))
  }

  /// Constants side by side along one axis.
  static func concatenated(_ list: [Constant], axis: Int) throws(OperatorError) -> Constant {
    let list = list.filter { !$0.sizes.contains(0) || list.count == 1 }
    guard let first = list.first else { return Constant([]) }
    guard axis < first.sizes.count else { throw .option("found axis \(axis) of shape \(first.sizes)") }
    var sizes = first.sizes
    sizes[axis] = 0
    for part in list {
      guard part.sizes.count == sizes.count,
        sizes.indices.allSatisfy({ $0 == axis || part.sizes[$0] == sizes[$0] })
      else { throw .option("found constants of shapes \(list.map(\.sizes)), which differ along other axes") }
      sizes[axis] += part.sizes[axis]
    }
    let outer = sizes[..<axis].reduce(1, *)
    let sources = list.map(\.numbers)
    var numbers: [Double] = []
    for block in 0..<outer {
      for source in sources {
        let width = source.count / max(outer, 1)
        numbers += source[(block * width)..<((block + 1) * width)]
      }
    }
    return Constant(numbers, sizes: sizes, type: first.type)
  }
}

extension Constant {
  /// The same numbers as elements of another type.
  func typed(_ type: ElementType) -> Constant { Constant(numbers, sizes: sizes, type: type) }
}

/// Two tensors walked through together, axes of size one repeated.
private struct Walk {
  let sizes: [Int]
  let first: [Int]
  let second: [Int]

  init(_ sizes: [Int], _ first: [Int], _ second: [Int]) {
    func steps(_ own: [Int]) -> [Int] {
      var (steps, step) = ([Int](repeating: 0, count: own.count), 1)
      for axis in own.indices.reversed() {
        steps[axis] = own[axis] == 1 ? 0 : step
        step *= own[axis]
      }
      return steps
    }
    self.sizes = sizes
    self.first = steps(first)
    self.second = steps(second)
  }

  func forEach(_ body: (_ first: Int, _ second: Int) -> Void) {
    var index = [Int](repeating: 0, count: sizes.count)
    var (a, b) = (0, 0)
    for _ in 0..<sizes.reduce(1, *) {
      body(a, b)
      var axis = sizes.count - 1
      while axis >= 0 {
        index[axis] += 1
        a += first[axis]
        b += second[axis]
        if index[axis] < sizes[axis] { break }
        a -= index[axis] * first[axis]
        b -= index[axis] * second[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
