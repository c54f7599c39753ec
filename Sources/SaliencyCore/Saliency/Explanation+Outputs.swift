extension Explanation {
  /// What the model says about other images of the input's shape, `[N]` + the node's shape; nothing else is kept.
  ///
  /// Its passes count towards this question's.
  /// - Throws: `GraphError.badFeed` where the images do not fit the model.
  public func outputs(for images: Tensor, at node: NodeID) throws(GraphError) -> Tensor {
    let tape = try model.record(images, upTo: [node])
    meter.add(forward: images.batchSize)
    return tape[node]
  }
}
