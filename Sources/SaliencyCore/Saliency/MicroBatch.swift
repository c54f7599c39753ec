extension Model {
  /// How many samples methods and metrics put through the network at once.
  ///
  /// As many samples as keep the activations near 64 MB, from 1 to 16, and no more than `batchLimit`. A result never
  /// depends on it, for every layer treats the samples of a batch independently.
  public var microBatch: Int { min(max(16_000_000 / max(activationCount, 1), 1), 16, max(batchLimit, 1)) }

  /// How many floats the values of all nodes behind the score are, for one sample.
  public var activationCount: Int {
    let reached = graph.ancestors(of: [score])
    return graph.nodes.reduce(0) { $0 + (reached[$1.id.index] ? $1.shape.count : 0) }
  }
}

extension Tensor {
  /// A number made from the shape and every bit of the elements (FNV-1a over 64-bit words, then mixed).
  public var contentKey: UInt64 {
    var key: UInt64 = 0xCBF2_9CE4_8422_2325
    for size in shape.dimensions { key = (key ^ UInt64(size)) &* 0x0000_0100_0000_01B3 }
    withUnsafeScalars { for value in $0 { key = (key ^ UInt64(value.bitPattern)) &* 0x0000_0100_0000_01B3 } }
    return CounterRandom.mix(key)
  }
}
