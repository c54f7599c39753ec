internal import Support

extension Model {
  /// How many samples methods and metrics put through the network at once.
  ///
  /// Where the weights outweigh the activations, reading them once for several samples pays (4 for VGG16, 2 for
  /// ResNet50); where the activations of several samples stay in the cache, putting them together saves calls (16 for
  /// the smallest networks); elsewhere one sample at a time is as fast and takes the least memory. Never more than
  /// `batchLimit`. A result does not depend on it, for every layer treats the samples of a batch independently.
  public var microBatch: Int {
    let floats = max(activationCount, 1)
    let byWeights = min((2 * graph.parameterCount + floats - 1) / floats, 4)
    return min(max(byWeights, 1_000_000 / floats, 1), 16, max(batchLimit, 1))
  }

  /// How many floats the values of all nodes behind the score are, for one sample.
  public var activationCount: Int {
    let reached = graph.ancestors(of: [score])
    return graph.nodes.reduce(0) { $0 + (reached[$1.id.index] ? $1.shape.count : 0) }
  }
}

extension Tensor {
  /// A number made from the shape and every bit of the elements (FNV-1a over 64-bit words, then mixed).
  public var contentKey: UInt64 {
    var hash = FNV1a()
    for size in shape.dimensions { hash.combine(UInt64(size)) }
    withUnsafeScalars { hash.combine($0) }
    return CounterRandom.mix(hash.value)
  }
}
