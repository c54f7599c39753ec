import SaliencyCore

/// Attention between positions of feature maps or sequences.
///
/// Each projection is a `Dense` node of its own (`NAME.query`, `NAME.key`, `NAME.value`), the product is `NAME.attention`.
enum AttentionDecoders {
  static let all: [LayerDecoder] = [multiHead, grouped, dotProduct, additive]

  private static let limits = "no masks, no `return_attention_scores`"

  /// Sizes and biases of the projections.
  private struct Heads {
    var query, shared, depth, width: Int
    var hasBias: Bool

    var scale: Float { 1 / Float(depth).squareRoot() }
  }

  // MARK: Several heads

  static let multiHead = LayerDecoder(
    types: ["MultiHeadAttention"],
    limits: limits + ", no `use_gate`, no `sliding_window`, over all positions",
    weights: { layer, _ throws(DecodeError) in specs(try multiHeads(layer.fields)) },
    differsInTraining: { fields throws(DecodeError) in try fields.float("dropout") ?? 0 != 0 },
    decode: { context throws(DecodeError) in try projected(context, try multiHeads(context.fields)) })

  static let grouped = LayerDecoder(
    types: ["GroupQueryAttention", "GroupedQueryAttention"],
    limits: limits + ", no `use_gate`, no `sliding_window`",
    weights: { layer, _ throws(DecodeError) in specs(try groupedHeads(layer.fields)) },
    differsInTraining: { fields throws(DecodeError) in try fields.float("dropout") ?? 0 != 0 },
    decode: { context throws(DecodeError) in try projected(context, try groupedHeads(context.fields)) })

  private static func multiHeads(_ fields: LayerFields) throws(DecodeError) -> Heads {
    let count = LayerFields.Limit.window
    guard let heads = try fields.integer("num_heads", in: count),
      let depth = try fields.integer("key_dim", in: count)
    else { throw .option("num_heads and key_dim are missing") }
    let width = try fields.integer("value_dim", in: count) ?? depth
    return Heads(
      query: heads, shared: heads, depth: depth, width: width, hasBias: try fields.bool("use_bias") ?? true)
  }

  private static func groupedHeads(_ fields: LayerFields) throws(DecodeError) -> Heads {
    let count = LayerFields.Limit.window
    guard let heads = try fields.integer("num_query_heads", in: count),
      let shared = try fields.integer("num_key_value_heads", in: count),
      let depth = try fields.integer("head_dim", in: count), heads % shared == 0
    else { throw .option("head_dim, num_query_heads and num_key_value_heads do not fit together") }
    return Heads(
      query: heads, shared: shared, depth: depth, width: depth, hasBias: try fields.bool("use_bias") ?? true)
  }

  private static func specs(_ heads: Heads) -> [WeightSpec] {
    let projections: [(name: String, kernel: [Int?], bias: [Int?])] = [
      ("query", [nil, heads.query, heads.depth], [heads.query, heads.depth]),
      ("key", [nil, heads.shared, heads.depth], [heads.shared, heads.depth]),
      ("value", [nil, heads.shared, heads.width], [heads.shared, heads.width]),
      ("output", [heads.query, heads.width, nil], [nil]),
    ]
    return projections.flatMap { name, kernel, bias in
      let inner = name + "_dense"
      return [WeightSpec(name + "_kernel", kernel, innerLayer: inner)]
        + (heads.hasBias ? [WeightSpec(name + "_bias", bias, innerLayer: inner)] : [])
    }
  }

  private static func projected(_ context: DecoderContext, _ heads: Heads) throws(DecodeError)
    -> [DecodedNode]
  {
    try context.refuse("return_attention_scores", "use_causal_mask")
    guard try context.fields.bool("use_gate") != true else { throw .option("use_gate is not supported") }
    guard context.fields.value("sliding_window") == nil else {
      throw .option("sliding_window is not supported")
    }
    try checkAxes(context)
    let (query, value, key) = try operands(context)
    let attention = DotProductAttention(heads: heads.query, keyValueHeads: heads.shared, scale: heads.scale)
    return [
      DecodedNode("query", try projection("query", context, rows: 1), .input(query)),
      DecodedNode("key", try projection("key", context, rows: 1), .input(key)),
      DecodedNode("value", try projection("value", context, rows: 1), .input(value)),
      DecodedNode("attention", attention, .node("query"), .node("value"), .node("key")),
      DecodedNode("output", try projection("output", context, rows: 2), .previous),
    ]
  }

  /// A projection as a `Dense` layer: the first `rows` axes of the kernel are its inputs, the others its outputs.
  private static func projection(_ name: String, _ context: DecoderContext, rows: Int) throws(DecodeError)
    -> Dense
  {
    let kernel = try context.weight(name + "_kernel")
    let inputs = kernel.shape.dimensions.prefix(rows).reduce(1, *)
    let outputs = kernel.shape.dimensions.dropFirst(rows).reduce(1, *)
    let bias = context.weights[name + "_bias"]
    guard kernel.count > 0, bias.map({ $0.count == outputs }) ?? true else {
      throw .option("its \(name) kernel \(kernel.shape) and bias \(bias?.shape ?? []) do not fit together")
    }
    return Dense(kernel: kernel.reshaped(to: [inputs, outputs]), bias: bias?.reshaped(to: [outputs]))
  }

  /// Attention over every axis between the batch and the channels, which is Keras' default.
  private static func checkAxes(_ context: DecoderContext) throws(DecodeError) {
    guard let axes = try context.fields.integers("attention_axes", in: LayerFields.Limit.axis) else { return }
    let rank = context.inputs.first?.rank ?? 0
    guard axes.map({ $0 < 0 ? $0 + rank + 1 : $0 }).sorted() == Array(1..<max(rank, 1)) else {
      throw .option("attention_axes \(axes) are not supported; expected all axes but batch and channels")
    }
  }

  private static func operands(
    _ context: DecoderContext
  ) throws(DecodeError) -> (query: Int, value: Int, key: Int) {
    let found = try context.operands(["query", "value", "key"])
    guard let query = found["query"], let value = found["value"] else {
      throw .option("found \(context.inputs.count) inputs, expected a query and a value")
    }
    return (query, value, found["key"] ?? value)
  }

  // MARK: One head without projections

  static let dotProduct = LayerDecoder(
    types: ["Attention"], limits: limits,
    weights: { layer, _ throws(DecodeError) in
      (try layer.fields.bool("use_scale") == true ? [WeightSpec("scale", [])] : [])
        + (try mode(layer.fields) == "concat" ? [WeightSpec("concat_score_weight", [])] : [])
    },
    differsInTraining: { fields throws(DecodeError) in try fields.float("dropout") ?? 0 != 0 },
    decode: { context throws(DecodeError) in
      let scale = context.weights["scale"]?[0] ?? 1
      let weight = context.weights["concat_score_weight"]?[0] ?? 1
      let isConcatenated = try mode(context.fields) == "concat"
      return try single(
        isConcatenated
          ? AdditiveAttention(weights: [weight], inner: scale) : DotProductAttention(scale: scale),
        context)
    })

  static let additive = LayerDecoder(
    types: ["AdditiveAttention"], limits: limits,
    weights: { layer, _ throws(DecodeError) in
      try layer.fields.bool("use_scale") ?? true ? [WeightSpec("scale", [nil])] : []
    },
    differsInTraining: { fields throws(DecodeError) in try fields.float("dropout") ?? 0 != 0 },
    decode: { context throws(DecodeError) in
      let scale = context.weights["scale"].map(\.scalars) ?? [1]
      guard !scale.isEmpty else { throw .option("its scale is empty") }
      return try single(AdditiveAttention(weights: scale), context)
    })

  private static func mode(_ fields: LayerFields) throws(DecodeError) -> String {
    try fields.choice("score_mode", among: ["dot", "concat"]) ?? "dot"
  }

  private static func single(_ layer: any Layer, _ context: DecoderContext) throws(DecodeError)
    -> [DecodedNode]
  {
    try context.refuse("return_attention_scores", "use_causal_mask")
    // tf_keras 2.9 and older have it as an option of the layer.
    guard try context.fields.bool("causal") != true else { throw .option("causal is not supported") }
    let (query, value, key) = try operands(context)
    return [DecodedNode("attention", layer, .input(query), .input(value), .input(key))]
  }
}
