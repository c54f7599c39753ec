import SaliencyCore

/// Fully connected layers.
enum DenseDecoders {
  static let all: [LayerDecoder] = [dense]

  static let dense = LayerDecoder(
    types: ["Dense"],
    weights: { layer, _ in
      let units = layer.fields.value("units", "output_dim")?.integer
      let hasBias = layer.fields.value("use_bias", "bias")?.bool ?? true
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
