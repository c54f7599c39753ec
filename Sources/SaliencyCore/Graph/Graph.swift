/// A network as a value: nodes in topological order, their shapes checked as they are added.
public struct Graph: Sendable {
  /// The nodes in topological order.
  public private(set) var nodes: [Node] = []
  /// The inputs, in the order in which they were added.
  public private(set) var inputs: [NodeID] = []
  private var ids: [String: NodeID] = [:]
  /// The execution plans for exactly these nodes; copies of the graph share them.
  private(set) var plans = PassPlans()

  public init() {}

  public subscript(id: NodeID) -> Node { nodes[id.index] }

  /// Adds an input that takes samples of the given shape.
  ///
  /// - Throws: `GraphError.duplicateName`.
  public mutating func addInput(named name: String, shape: Shape) throws(GraphError) -> NodeID {
    try append(name, layerName: name, layer: nil, sharing: nil, inputs: [], shape: shape)
  }

  /// Adds a layer that reads the given nodes.
  ///
  /// - Parameters:
  ///   - layerName: The name of the model's layer that the node is a part of; by default the node's own. It identifies
  ///     nothing.
  ///   - sharing: A node that applies the same layer. Their parameters count once, their gradients are summed, and the
  ///     layer is replaced in all of them. Without it the layer is a new one, whatever its name.
  /// - Throws: `GraphError.badInputs` naming the node if the shapes do not fit, `.duplicateName`, or `.notShared` if the
  ///   other node's layer is of another type.
  public mutating func add(
    _ layer: any Layer, named name: String, layerName: String? = nil, sharing other: NodeID? = nil,
    inputs: [NodeID]
  ) throws(GraphError) -> NodeID {
    let shapes = inputs.map { self[$0].shape }
    let shape: Shape
    do {
      shape = try layer.outputShape(for: shapes)
    } catch {
      throw error.named(name)
    }
    let first = other.map { self[$0] }
    if let first, first.layer.map({ type(of: $0) == type(of: layer) }) != true {
      throw .notShared(name, kind: layer.kind, with: first.name, otherKind: first.layer?.kind ?? "Input")
    }
    return try append(
      name, layerName: layerName ?? first?.layerName ?? name, layer: layer, sharing: first?.layerID,
      inputs: inputs, shape: shape)
  }

  private mutating func append(
    _ name: String, layerName: String, layer: (any Layer)?, sharing shared: LayerID?, inputs: [NodeID],
    shape: Shape
  ) throws(GraphError) -> NodeID {
    guard ids[name] == nil else { throw .duplicateName(name) }
    let id = NodeID(index: nodes.count)
    nodes.append(
      Node(
        id: id, name: name, layerName: layerName, layer: layer, layerID: shared ?? LayerID(firstNode: id),
        inputs: inputs, shape: shape))
    if layer == nil { self.inputs.append(id) }
    ids[name] = id
    // Copies that did not grow keep theirs.
    plans = PassPlans()
    return id
  }

  /// The node of a name, or nil.
  public func node(named name: String) -> NodeID? { ids[name] }

  /// The node of a name, or of a name that ends with it: `relu_2/Relu` is `/layer4/layer4.2/relu_2/Relu`, if it is the only one.
  ///
  /// - Throws: `GraphError.unknownNode`, with the nearest names; `.severalNodes` if several names end with it.
  public func find(_ name: String) throws(GraphError) -> NodeID {
    if let id = ids[name] { return id }
    let found = nodes.filter {
      $0.name.hasSuffix("/" + name) || (name.hasPrefix("/") && $0.name.hasSuffix(name))
    }
    guard let first = found.first else { throw .unknownNode(name, known: nodes.map(\.name)) }
    guard found.count == 1 else { throw .severalNodes(name, found: found.map(\.name)) }
    return first.id
  }

  /// The nodes that read a node's value.
  public func consumers(of id: NodeID) -> [NodeID] { nodes.filter { $0.inputs.contains(id) }.map(\.id) }

  /// For each node, whether `root` depends on it (or is it).
  public func ancestors(of roots: [NodeID]) -> [Bool] {
    var reached = [Bool](repeating: false, count: nodes.count)
    for root in roots { reached[root.index] = true }
    for node in nodes.reversed() where reached[node.id.index] {
      for source in node.inputs { reached[source.index] = true }
    }
    return reached
  }

  /// For each node, whether it depends on one of `sources` (or is one).
  public func descendants(of sources: [NodeID]) -> [Bool] {
    var reached = [Bool](repeating: false, count: nodes.count)
    for source in sources { reached[source.index] = true }
    for node in nodes where node.inputs.contains(where: { reached[$0.index] }) {
      reached[node.id.index] = true
    }
    return reached
  }

  /// The number of parameters, those of a layer that several nodes apply counted once.
  public var parameterCount: Int {
    nodes.reduce(0) { $0 + ($1.isFirstUse ? $1.parametric?.parameterCount ?? 0 : 0) }
  }
}
