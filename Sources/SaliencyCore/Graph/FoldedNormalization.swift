/// A dense layer or convolution with the batch normalisation behind it folded into its weights.
public struct FoldedNormalization: Sendable {
  /// The layer that computes what both layers compute: kernel · scale, bias · scale + shift.
  public let layer: any LinearLayer
  /// The node of the batch normalisation, whose value the folded layer computes.
  public let output: NodeID
}

extension Graph {
  /// The linear layers that a batch normalisation can be folded into, by the node of the linear layer.
  ///
  /// A batch normalisation is folded if it reads a dense layer or convolution that nothing else reads. The fold of one node
  /// says nothing about other nodes that share its layer.
  ///
  /// - Complexity: a copy of the weights of each folded layer.
  public func foldedNormalizations() -> [NodeID: FoldedNormalization] {
    var readers = [Int](repeating: 0, count: nodes.count)
    for node in nodes { for source in node.inputs { readers[source.index] += 1 } }
    var folded: [NodeID: FoldedNormalization] = [:]
    for node in nodes {
      guard let normalization = node.layer as? BatchNormalization, let source = node.inputs.first,
        readers[source.index] == 1, let linear = self[source].layer as? any LinearLayer
      else { continue }
      folded[source] = FoldedNormalization(layer: linear.folding(normalization), output: node.id)
    }
    return folded
  }
}

extension LinearLayer {
  /// The layer that computes this layer followed by a batch normalisation.
  fileprivate func folding(_ normalization: BatchNormalization) -> any LinearLayer {
    let (scale, shift, run) = (normalization.scale, normalization.shift, kernelElementsPerOutput)
    let kernel = kernel
    let scaled = Tensor(shape: kernel.shape) { result in
      kernel.withUnsafeScalars { w in
        for i in 0..<w.count { result[i] = w[i] * scale[i / run % scale.count] }
      }
    }
    let bias = bias?.scalars
    let offset = shift.indices.map { (bias?[$0] ?? 0) * scale[$0] + shift[$0] }
    return replacing(kernel: scaled, bias: Tensor(shape: [shift.count], scalars: offset))
  }
}
