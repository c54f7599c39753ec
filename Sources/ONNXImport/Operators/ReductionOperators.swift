import SaliencyCore

/// Axes reduced to one number.
enum ReductionOperators {
  static let all = [
    OperatorDecoder(
      "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
      "ReduceSumSquare",
      "ReduceLogSum", "ReduceLogSumExp", decode: reduce)
  ]

  private static func reduce(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    let keepsAxes = try operation.integer("keepdims") ?? 1 != 0
    let given = try operation.integers("axes", orInput: 1) ?? []
    if given.isEmpty, try operation.integer("noop_with_empty_axes") == 1 { return [.feature(feature)] }
    let rank = feature.axes.count
    let axes = given.isEmpty ? Array(0..<rank) : try operation.axes(given, of: rank)
    var source = feature
    switch operation.type {
    case "ReduceL1": source = try builder.apply(ElementwiseFunction.magnitude, part: "magnitude", to: feature)
    case "ReduceL2", "ReduceSumSquare": source = try builder.apply(Power(2), part: "square", to: feature)
    case "ReduceLogSumExp": return [.feature(try logSumExp(&builder, feature, axes, keepsAxes))]
    default: break
    }
    let plain = Reduction.Operation(rawValue: operation.type)
    let isLast = plain != nil || ["ReduceL1", "ReduceSumSquare"].contains(operation.type)
    let result = try builder.reduced(
      source, axes, plain ?? .sum, keepsAxes: keepsAxes, part: isLast ? nil : "sum")
    if isLast { return [.feature(result)] }
    let last: ElementwiseFunction = operation.type == "ReduceL2" ? .squareRoot : .logarithm
    return [.feature(try builder.apply(last, to: result))]
  }

  /// max + log(sum(exp(x - max))).
  private static func logSumExp(
    _ builder: inout NetworkBuilder, _ feature: Feature, _ axes: [Int], _ keepsAxes: Bool
  ) throws(OperatorError) -> Feature {
    let top = try builder.reduced(feature, axes, .maximum, keepsAxes: true, part: "maximum")
    let shifted = try builder.merge(.subtract, feature, top, part: "shifted")
    let exponentials = try builder.apply(Activation.exponential, part: "exp", to: shifted)
    let sum = try builder.reduced(exponentials, axes, .sum, keepsAxes: true, part: "sum")
    let logarithm = try builder.apply(ElementwiseFunction.logarithm, part: "log", to: sum)
    var result = try builder.merge(.add, logarithm, top)
    if !keepsAxes { result.axes = result.axes.indices.filter { !axes.contains($0) }.map { result.axes[$0] } }
    return result
  }
}

extension NetworkBuilder {
  /// A feature with some axes reduced to one number.
  mutating func reduced(
    _ feature: Feature, _ axes: [Int], _ operation: Reduction.Operation, keepsAxes: Bool, part: String? = nil
  ) throws(OperatorError) -> Feature {
    var kept = feature.axes
    for axis in axes { kept[axis] = [] }
    if !keepsAxes { kept = kept.indices.filter { !axes.contains($0) }.map { kept[$0] } }
    let reduced = axes.flatMap { feature.axes[$0] }
    // The spatial mean of a map, which class activation mapping looks for.
    let groups = feature.groups(shape(feature.node))
    if operation == .mean, groups.count == 3, groups[0].count + groups[1].count > 0,
      groups[0] + groups[1] == reduced.sorted()
    {
      let node = try add(GlobalAveragePool2D(keepsAxes: true), part: part, [feature.node])
      return Feature(node: node, parts: groups[2].map { (id: $0, size: feature.parts[$0]) }, axes: kept)
    }
    let place = try trailing(feature, axes, anyOrder: true)
    let node = try add(Reduction(operation), part: part, [place.node])
    return Feature(
      node: node, parts: place.outer.flatMap { $0 }.map { (id: $0, size: feature.parts[$0]) }, axes: kept)
  }
}
