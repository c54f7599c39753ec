import SaliencyCore

/// One use of an operator, as its decoder sees it.
struct Operation {
  let node: NodeMessage
  /// The inputs in order; nil for one that is left out.
  let inputs: [Value?]
  /// The version of the operator set.
  let opset: Int

  var type: String { node.type }

  // MARK: Inputs

  func value(_ index: Int) throws(OperatorError) -> Value {
    guard index < inputs.count, let value = inputs[index] else {
      throw .option("found \(inputs.count) inputs, expected input \(index + 1)")
    }
    return value
  }

  /// An input that is computed from the image.
  func feature(_ index: Int = 0) throws(OperatorError) -> Feature {
    guard case .feature(let feature) = try value(index) else {
      throw .option(
        "found a constant as input \(index + 1), expected a value that is computed from the image")
    }
    return feature
  }

  /// An input that is known; nil if it is left out.
  func optionalConstant(_ index: Int) throws(OperatorError) -> Constant? {
    guard index < inputs.count, let value = inputs[index] else { return nil }
    guard case .constant(let constant) = value else {
      throw .option(
        "found input \(index + 1) that is computed from the image, expected a constant; export the model with a fixed size"
      )
    }
    return constant
  }

  func constant(_ index: Int) throws(OperatorError) -> Constant {
    guard let constant = try optionalConstant(index) else {
      throw .option("found \(inputs.count) inputs, expected input \(index + 1)")
    }
    return constant
  }

  /// A known vector of `count` numbers, as weights; nil if it is left out.
  func vector(_ index: Int, count: Int) throws(OperatorError) -> Tensor? {
    guard let constant = try optionalConstant(index) else { return nil }
    guard constant.count == count else {
      throw .option("found input \(index + 1) of shape \(constant.sizes), expected \(count) numbers")
    }
    return constant.tensor([count])
  }

  /// The name of an input in the file.
  func name(_ index: Int) -> String? { index < node.inputs.count ? node.inputs[index] : nil }

  // MARK: Attributes

  func integer(_ name: String) throws(OperatorError) -> Int? {
    guard let attribute = node.attributes[name] else { return nil }
    guard let value = attribute.integer else { throw malformed(name, "an integer") }
    return value
  }

  func integers(_ name: String) throws(OperatorError) -> [Int]? {
    guard let attribute = node.attributes[name] else { return nil }
    guard attribute.integers.count <= 1 << 16 else { throw malformed(name, "a list of integers") }
    return attribute.integers
  }

  func float(_ name: String) throws(OperatorError) -> Float? {
    guard let attribute = node.attributes[name] else { return nil }
    guard let value = attribute.float else { throw malformed(name, "a number") }
    return value
  }

  func string(_ name: String) throws(OperatorError) -> String? {
    guard let attribute = node.attributes[name] else { return nil }
    guard let value = attribute.string else { throw malformed(name, "a text") }
    return value
  }

  private func malformed(_ name: String, _ wanted: String) -> OperatorError {
    .option("attribute \"\(name)\": found another kind of value, expected \(wanted)")
  }

  /// Integers that are an attribute in older operator sets and an input in newer ones; nil if they are left out.
  func integers(_ name: String, orInput index: Int) throws(OperatorError) -> [Int]? {
    if let values = try integers(name) { return values }
    return try optionalConstant(index)?.integers
  }

  /// A number that is an attribute in older operator sets and an input in newer ones; nil if it is left out.
  func number(_ name: String, orInput index: Int) throws(OperatorError) -> Float? {
    if let value = try float(name) { return value }
    guard let constant = try optionalConstant(index) else { return nil }
    guard let value = constant.scalar else {
      throw .option("found input \(index + 1) of shape \(constant.sizes), expected one number")
    }
    return Float(value)
  }

  /// An axis that may be counted from the end.
  func axis(_ axis: Int, of rank: Int) throws(OperatorError) -> Int {
    guard (-rank..<rank).contains(axis) else { throw .option("found axis \(axis) of \(rank) axes") }
    return axis < 0 ? axis + rank : axis
  }

  /// Axes that may be counted from the end, sorted, each once.
  func axes(_ axes: [Int], of rank: Int) throws(OperatorError) -> [Int] {
    var result: Set<Int> = []
    for axis in axes { result.insert(try self.axis(axis, of: rank)) }
    return result.sorted()
  }
}

/// How operators of some types become layers.
struct OperatorDecoder: Sendable {
  typealias Decode = @Sendable (inout NetworkBuilder, Operation) throws(OperatorError) -> [Value]

  let types: [String]
  let decode: Decode

  init(_ types: String..., decode: @escaping Decode) {
    self.types = types
    self.decode = decode
  }
}

extension NetworkBuilder {
  /// A layer that works element by element.
  mutating func apply(_ layer: any Layer, part: String? = nil, to feature: Feature) throws(OperatorError)
    -> Feature
  {
    feature.at(try add(layer, part: part, [feature.node]))
  }

  /// A feature times a number, plus a number.
  mutating func rescaled(
    _ feature: Feature, by scale: Float = 1, plus offset: Float = 0, part: String? = nil
  ) throws(OperatorError) -> Feature {
    if scale == 1, offset == 0 { return feature }
    return try apply(Rescaling(scale: [scale], offset: [offset]), part: part, to: feature)
  }

  /// Two features combined element by element.
  mutating func merge(
    _ operation: Merge.Operation, _ a: Feature, _ b: Feature, part: String? = nil
  ) throws(OperatorError) -> Feature {
    let (first, second, layout) = try aligned(a, b)
    return layout.at(try add(Merge(operation), part: part, [first, second]))
  }

  /// A feature plus a constant.
  mutating func sum(
    _ feature: Feature, _ constant: Constant, isLearned: Bool, part: String? = nil
  ) throws(OperatorError) -> Feature {
    if let number = constant.scalar, constant.sizes.count <= feature.axes.count {
      return try rescaled(feature, plus: Float(number), part: part)
    }
    let (tensor, fitted) = try aligned(constant, with: feature)
    return try apply(Bias(tensor, isLearned: isLearned), part: part, to: fitted)
  }

  /// A feature times a constant.
  mutating func product(
    _ feature: Feature, _ constant: Constant, isLearned: Bool, part: String? = nil
  ) throws(OperatorError) -> Feature {
    if let number = constant.scalar, constant.sizes.count <= feature.axes.count {
      return try rescaled(feature, by: Float(number), part: part)
    }
    let (tensor, fitted) = try aligned(constant, with: feature)
    return try apply(Scale(tensor, isLearned: isLearned), part: part, to: fitted)
  }
}
