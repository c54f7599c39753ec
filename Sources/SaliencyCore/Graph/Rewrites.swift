extension Graph {
  /// A graph of the same nodes with other layers, each chosen by `transform`.
  ///
  /// A layer with parameters that is used several times is transformed once, so that it stays shared.
  ///
  /// - Throws: `GraphError.badInputs` where a new layer does not fit.
  public func mapLayers(_ transform: (Node, any Layer) -> any Layer) throws(GraphError) -> Graph {
    var made: [LayerKey: any Layer] = [:]
    var result = Graph()
    for node in nodes {
      guard let layer = node.layer else {
        _ = try result.addInput(named: node.name, shape: node.shape)
        continue
      }
      let new = made[node.layerKey] ?? transform(node, layer)
      if layer is any ParametricLayer { made[node.layerKey] = new }
      _ = try result.add(new, named: node.name, owner: node.owner, inputs: node.inputs)
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

  /// The same network for inputs of another size: every shape is worked out, and checked, anew.
  ///
  /// - Throws: `GraphError.badInputs` where a layer (a dense head, a fixed reshape) ties the network to its size.
  public func resized(_ input: NodeID, to shape: Shape) throws(GraphError) -> Graph {
    var result = Graph()
    for node in nodes {
      if let layer = node.layer {
        _ = try result.add(layer, named: node.name, owner: node.owner, inputs: node.inputs)
      } else {
        _ = try result.addInput(named: node.name, shape: node.id == input ? shape : node.shape)
      }
    }
    return result
  }
}
