import SaliencyCore

/// Fully connected layers.
enum DenseDecoders {
  static let all: [LayerDecoder] = [dense]

  static let dense = LayerDecoder(
    types: ["Dense"],
    weights: { layer, _ throws(DecodeError) in
      let units = try layer.fields.integer("units", "output_dim", in: LayerFields.Limit.count)
      let hasBias = try layer.fields.bool("use_bias", "bias") ?? true
      return [WeightSpec("kernel", [nil, units])] + (hasBias ? [WeightSpec("bias", [units])] : [])
    },
    decode: { context throws(DecodeError) in
      let kernel = try context.weight("kernel")
      let bias = context.weights["bias"]
      guard kernel.shape.rank == 2, bias.map({ $0.shape == [kernel.shape[1]] }) ?? true else {
        throw .option("its kernel \(kernel.shape) and bias \(bias?.shape ?? []) do not fit together")
      }
      let layer = Dense(kernel: kernel, bias: bias)
      return try [DecodedNode].single(layer).activated(context)
    })
}
