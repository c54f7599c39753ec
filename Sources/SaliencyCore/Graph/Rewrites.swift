extension Graph {
  /// A graph of the same nodes with other layers, each chosen by `transform`.
  ///
  /// A layer that several nodes apply is transformed once, at its first node, and stays shared.
  ///
  /// - Throws: `GraphError.badInputs` if a new layer does not fit.
  public func mapLayers(_ transform: (Node, any Layer) -> any Layer) throws(GraphError) -> Graph {
    var made: [LayerID: any Layer] = [:]
    var result = Graph()
    for node in nodes {
      guard let layer = node.layer else {
        _ = try result.addInput(named: node.name, shape: node.shape)
        continue
      }
      let new = made[node.layerID] ?? transform(node, layer)
      made[node.layerID] = new
      _ = try result.add(new, as: node)
    }
    return result
  }

  /// A graph in which each parameter is what `transform` makes of it: randomised, scaled, perturbed.
  public func mapParameters(_ transform: (Node, Parameter) -> Tensor) throws(GraphError) -> Graph {
    try mapLayers { node, layer in
      guard let parametric = layer as? any ParametricLayer else { return layer }
      return parametric.mapParameters { transform(node, $0) }
    }
  }

  /// The same network for inputs of another size: every shape is computed and checked again.
  ///
  /// - Throws: `GraphError.badInputs` if a layer (a dense head, a fixed reshape) ties the network to its size.
  public func resized(_ input: NodeID, to shape: Shape) throws(GraphError) -> Graph {
    var result = Graph()
    for node in nodes {
      if let layer = node.layer {
        _ = try result.add(layer, as: node)
      } else {
        _ = try result.addInput(named: node.name, shape: node.id == input ? shape : node.shape)
      }
    }
    return result
  }

  /// Adds a layer with the names, inputs and identity of a node of a graph with the same nodes so far.
  private mutating func add(_ layer: any Layer, as node: Node) throws(GraphError) -> NodeID {
    try add(
      layer, named: node.name, layerName: node.layerName,
      sharing: node.isFirstUse ? nil : node.layerID.firstNode, inputs: node.inputs)
  }
}
