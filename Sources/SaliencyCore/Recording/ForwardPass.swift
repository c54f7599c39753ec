/// A forward pass, layer by layer, that saves every value.
struct ForwardPass {
  private(set) var saved: ActivationStore

  /// - Parameters:
  ///   - feeds: The values of the graph's inputs, in their order.
  ///   - outputs: The nodes whose values are wanted; nothing behind them is computed.
  init(_ graph: Graph, feeds: [Tensor], outputs: [NodeID]) {
    saved = ActivationStore(count: graph.nodes.count)
    for (id, feed) in zip(graph.inputs, feeds) { saved[id] = .init(value: feed) }
    let isNeeded = graph.ancestors(of: outputs)
    for node in graph.nodes where isNeeded[node.id.index] && node.layer != nil {
      saved[node.id] = .init(value: node.applied(to: node.inputs.compactMap { saved[$0]?.value }))
    }
  }
}

extension Node {
  /// The value of the node.
  func applied(to inputs: [Tensor]) -> Tensor {
    guard let layer else { preconditionFailure("\"\(name)\" is an input and computes nothing") }
    let value = layer(inputs)
    let expected = shape.batched(value.batchSize)
    precondition(
      value.shape == expected,
      "layer \"\(name)\" computed \(value.shape), expected \(expected) by its outputShape(for:)")
    return value
  }
}
