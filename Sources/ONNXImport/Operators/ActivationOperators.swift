import SaliencyCore

/// Functions of one number, and softmax.
enum ActivationOperators {
  static let all =
    [
      OperatorDecoder("Relu") { builder, operation throws(OperatorError) in
        [.feature(try builder.apply(ReLU(), to: try operation.feature()))]
      },
      OperatorDecoder("LeakyRelu") { builder, operation throws(OperatorError) in
        let slope = try operation.float("alpha") ?? 0.01
        return [.feature(try builder.apply(LeakyReLU(slope: slope), to: try operation.feature()))]
      },
      OperatorDecoder("ThresholdedRelu") { builder, operation throws(OperatorError) in
        let threshold = try operation.float("alpha") ?? 1
        return [.feature(try builder.apply(ReLU(threshold: threshold), to: try operation.feature()))]
      },
      OperatorDecoder("Elu") { builder, operation throws(OperatorError) in
        let alpha = try operation.float("alpha") ?? 1
        return [.feature(try builder.apply(ELU(alpha: alpha), to: try operation.feature()))]
      },
      OperatorDecoder("Celu", decode: celu),
      OperatorDecoder("Selu", decode: selu),
      OperatorDecoder("Gelu") { builder, operation throws(OperatorError) in
        let isTanh = try operation.string("approximate") == "tanh"
        return [
          .feature(
            try builder.apply(isTanh ? Activation.geluTanh : Activation.gelu, to: try operation.feature()))
        ]
      },
      OperatorDecoder("Swish", decode: swish),
      OperatorDecoder("Clip", decode: clip),
      OperatorDecoder("HardSigmoid", decode: hardSigmoid),
      OperatorDecoder("PRelu", decode: prelu),
      OperatorDecoder("Softmax", "LogSoftmax", decode: softmax),
      OperatorDecoder("Shrink", decode: shrink),
    ] + simple.map(decoder)

  /// Operators that are one function without attributes.
  private static let simple: [(String, any ElementwiseLayer)] = [
    ("Sigmoid", Activation.sigmoid), ("Tanh", Activation.tanh), ("Exp", Activation.exponential),
    ("Softplus", Activation.softplus), ("Softsign", Activation.softsign), ("Mish", Activation.mish),
    ("HardSwish", Activation.hardSwish), ("Erf", ElementwiseFunction.erf),
    ("Sqrt", ElementwiseFunction.squareRoot),
    ("Reciprocal", ElementwiseFunction.reciprocal), ("Abs", ElementwiseFunction.magnitude),
    ("Log", ElementwiseFunction.logarithm), ("Sin", ElementwiseFunction.sine),
    ("Cos", ElementwiseFunction.cosine),
    ("Atan", ElementwiseFunction.arctangent),
  ]

  private static func decoder(_ entry: (type: String, layer: any ElementwiseLayer)) -> OperatorDecoder {
    let layer = entry.layer
    return OperatorDecoder(entry.type) { builder, operation throws(OperatorError) in
      [.feature(try builder.apply(layer, to: try operation.feature()))]
    }
  }

  /// max(0, x) + min(0, alpha (exp(x / alpha) - 1)): an ELU of x / alpha, times alpha.
  private static func celu(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let alpha = try operation.float("alpha") ?? 1
    guard alpha != 0 else { throw .option("found alpha 0") }
    let small = try builder.rescaled(try operation.feature(), by: 1 / alpha, part: "scaled")
    let elu = try builder.apply(ELU(alpha: 1), part: alpha == 1 ? nil : "elu", to: small)
    return [.feature(try builder.rescaled(elu, by: alpha))]
  }

  private static func selu(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let alpha = try operation.float("alpha") ?? 1.6732632
    let gamma = try operation.float("gamma") ?? 1.050701
    if abs(alpha - 1.6732632) < 1e-5, abs(gamma - 1.050701) < 1e-5 {
      return [.feature(try builder.apply(Activation.selu, to: try operation.feature()))]
    }
    let elu = try builder.apply(ELU(alpha: alpha), part: "elu", to: try operation.feature())
    return [.feature(try builder.rescaled(elu, by: gamma))]
  }

  /// x times the sigmoid of alpha x.
  private static func swish(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let (feature, alpha) = (try operation.feature(), try operation.float("alpha") ?? 1)
    if alpha == 1 { return [.feature(try builder.apply(Activation.silu, to: feature))] }
    let scaled = try builder.rescaled(feature, by: alpha, part: "scaled")
    let gate = try builder.apply(Activation.sigmoid, part: "gate", to: scaled)
    return [.feature(try builder.merge(.multiply, feature, gate))]
  }

  private static func clip(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let low = try operation.number("min", orInput: 1)
    let high = try operation.number("max", orInput: 2)
    // ReLU6, whose gradient at 6 is 0 in PyTorch as well.
    if low == 0, high == 6 {
      return [.feature(try builder.apply(ReLU(maximum: 6), to: try operation.feature()))]
    }
    if low == 0, high ?? .infinity >= .greatestFiniteMagnitude {
      return [.feature(try builder.apply(ReLU(), to: try operation.feature()))]
    }
    return [.feature(try builder.apply(Clip(low: low, high: high), to: try operation.feature()))]
  }

  private static func hardSigmoid(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    let (alpha, beta) = (try operation.float("alpha") ?? 0.2, try operation.float("beta") ?? 0.5)
    if beta == 0.5, abs(alpha - 1 / 6) < 1e-6 {
      return [.feature(try builder.apply(Activation.hardSigmoid, to: feature))]
    }
    if beta == 0.5, alpha == 0.2 {
      return [.feature(try builder.apply(Activation.hardSigmoidKeras2, to: feature))]
    }
    let line = try builder.rescaled(feature, by: alpha, plus: beta, part: "line")
    return [.feature(try builder.apply(Clip(low: 0, high: 1), to: line))]
  }

  private static func prelu(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let (alpha, feature) = try builder.aligned(try operation.constant(1), with: try operation.feature())
    return [.feature(try builder.apply(PReLU(alpha: alpha), to: feature))]
  }

  private static func softmax(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    let rank = feature.axes.count
    guard rank > 0 else { throw .option("found a number, expected a list") }
    let axis = try operation.axis(try operation.integer("axis") ?? (operation.opset < 13 ? 1 : -1), of: rank)
    // Until operator set 12, all axes from this one on are taken together.
    let axes = operation.opset < 13 ? Array(axis..<rank) : [axis]
    let place = try builder.trailing(feature, axes, anyOrder: true)
    let layer: any Layer = operation.type == "Softmax" ? Softmax() : LogSoftmax()
    let node = try builder.add(layer, [place.node])
    let parts = (place.outer.flatMap { $0 } + place.last).map { (id: $0, size: feature.parts[$0]) }
    return [.feature(Feature(node: node, parts: parts, axes: feature.axes))]
  }

  /// x + bias below -lambd, x - bias above lambd, 0 between: two shifted rectifiers.
  private static func shrink(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let (bias, lambda) = (try operation.float("bias") ?? 0, try operation.float("lambd") ?? 0.5)
    guard bias == lambda else {
      throw .option("found bias \(bias) and lambd \(lambda), expected equal numbers")
    }
    let feature = try operation.feature()
    let inner = try builder.apply(Clip(low: -lambda, high: lambda), part: "inner", to: feature)
    return [.feature(try builder.merge(.subtract, feature, inner))]
  }
}
