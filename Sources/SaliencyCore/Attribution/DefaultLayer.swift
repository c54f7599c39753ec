extension Model {
  /// The layer that class activation methods look at by default: the last spatial layer before the head.
  ///
  /// Walking back from the score: pooling, padding, and dropout are passed over, for they only lose resolution
  /// (the Grad-CAM paper's choice in VGG-16 is the last convolution, not the pooled map); where the pooled map is the score itself,
  /// one channel for each class, the convolution that makes the class maps counts as head too, and so it does if the score is a
  /// map itself (segmentation). Nil where no layer before the score has spatial extent.
  public var defaultLayer: NodeID? {
    guard var id = lastSpatialNode else { return nil }
    id = skippingBack(from: id)
    let isDense = !graph[score].shape.isFlat
    if isDense || isClassMap(id), let source = classMapSource(id) {
      let layer = skippingBack(from: source)
      // A segmentation model of one convolution has no other map than the scores.
      if !isDense || graph[layer].layer != nil { id = layer }
    }
    return graph[id].layer == nil ? nil : id
  }

  /// The last node with more than one position that the score depends on.
  package var lastSpatialNode: NodeID? {
    let reached = graph.ancestors(of: [score])
    return graph.nodes.last { node in
      reached[node.id.index] && node.shape.rank == 3 && node.shape[0] * node.shape[1] > 1 && isMap(node)
    }?.id
  }

  /// Whether a node of three axes is a map, not matrices of attention: whether what it rearranges is one.
  private func isMap(_ node: Node) -> Bool {
    var node = node
    while let layer = node.layer {
      guard node.shape.rank == 3, !(layer is MatMul) else { return false }
      guard
        layer is Permute || layer is Reshape || layer is Gather || layer is Softmax || layer is Rescaling
          || layer is Scale || layer is any IdentityLayer
      else { return true }
      node = graph[node.inputs[0]]
    }
    return node.shape.rank == 3
  }

  private func skippingBack(from start: NodeID) -> NodeID {
    var id = start
    while let layer = graph[id].layer, let source = graph[id].inputs.first,
      layer is MaxPool2D || layer is AveragePool2D || layer is any IdentityLayer || layer is ZeroPadding2D
    {
      id = source
    }
    return id
  }

  /// Whether the score is the spatial mean of this map, one channel for each class.
  private func isClassMap(_ id: NodeID) -> Bool {
    guard graph[id].shape[2] == classCount else { return false }
    var node = score
    while let layer = graph[node].layer, let source = graph[node].inputs.first {
      if layer is GlobalAveragePool2D { return skippingBack(from: source) == id }
      guard layer is Reshape || layer is Flatten || layer is any IdentityLayer else { return false }
      node = source
    }
    return false
  }

  /// What the convolution that makes the class maps reads.
  private func classMapSource(_ id: NodeID) -> NodeID? {
    var node = id
    while let layer = graph[node].layer, let source = graph[node].inputs.first {
      if layer is Conv2D || layer is Conv2DTranspose { return source }
      guard
        layer is any ElementwiseLayer || layer is BatchNormalization || layer is any IdentityLayer
          || layer is Resizing || layer is UpSampling2D
      else { return nil }
      node = source
    }
    return nil
  }
}
