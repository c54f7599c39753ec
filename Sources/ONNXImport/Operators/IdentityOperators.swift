/// Operators that do nothing at inference.
enum IdentityOperators {
  static let all = [
    OperatorDecoder("Identity", "Dropout", decode: identity),
    OperatorDecoder("Cast", "CastLike", decode: cast),
  ]

  private static func identity(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    if operation.type == "Dropout" {
      let isTraining = try operation.optionalConstant(2)?.scalar ?? 0
      guard isTraining == 0 else {
        throw .option("found training_mode, expected a model exported for inference")
      }
    }
    return [try operation.value(0)]
  }

  private static func cast(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    if operation.type == "Cast" {
      let number = try operation.integer("to") ?? 1
      guard let type = ElementType(rawValue: number), type.isFloating else {
        throw .option(
          "found a conversion to element type \(number), expected a type of fractions: an integer has no gradient"
        )
      }
    }
    return [.feature(feature)]
  }
}
