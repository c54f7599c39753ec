/// A network as a value: nodes in topological order, their shapes checked as they are added.
public struct Graph: Sendable {
  public private(set) var nodes: [Node] = []
  /// The inputs, in the order in which they were added.
  public private(set) var inputs: [NodeID] = []
  private var ids: [String: NodeID] = [:]
  /// How passes go through exactly these nodes; copies of the graph share it.
  private(set) var plans = PassPlans()

  public init() {}

  public subscript(id: NodeID) -> Node { nodes[id.index] }

  /// Adds an input that takes samples of the given shape.
  ///
  /// - Throws: `GraphError.duplicateName`.
  public mutating func addInput(named name: String, shape: Shape) throws(GraphError) -> NodeID {
    try append(name, owner: name, layer: nil, inputs: [], shape: shape)
  }

  /// Adds a layer that reads the given nodes.
  ///
  /// - Parameter owner: The name of the layer where it differs from the node's. Nodes with one owner whose layers are
  ///   of one kind are taken to be uses of one layer: their parameters count once and their gradients are summed.
  /// - Throws: `GraphError.badInputs` naming the node where the shapes do not fit, or `.duplicateName`.
  public mutating func add(
    _ layer: any Layer, named name: String, owner: String? = nil, inputs: [NodeID]
  ) throws(GraphError) -> NodeID {
    let shapes = inputs.map { self[$0].shape }
    let shape: Shape
    do {
      shape = try layer.outputShape(for: shapes)
    } catch {
      throw error.named(name)
    }
    return try append(name, owner: owner ?? name, layer: layer, inputs: inputs, shape: shape)
  }

  private mutating func append(
    _ name: String, owner: String, layer: (any Layer)?, inputs: [NodeID], shape: Shape
  ) throws(GraphError) -> NodeID {
    guard ids[name] == nil else { throw .duplicateName(name) }
    let id = NodeID(index: nodes.count)
    nodes.append(Node(id: id, name: name, owner: owner, layer: layer, inputs: inputs, shape: shape))
    if layer == nil { self.inputs.append(id) }
    ids[name] = id
    // Copies that did not grow keep theirs.
    plans = PassPlans()
    return id
  }

  /// The node of a name, or nil.
  public func node(named name: String) -> NodeID? { ids[name] }

  /// The node of a name.
  ///
  /// - Throws: `GraphError.unknownNode`, with the nearest names.
  public func find(_ name: String) throws(GraphError) -> NodeID {
    guard let id = ids[name] else { throw .unknownNode(name, known: nodes.map(\.name)) }
    return id
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

  /// The number of learned numbers, each shared layer counted once.
  public var parameterCount: Int {
    var seen = Set<LayerKey>()
    return nodes.reduce(0) { total, node in
      guard let layer = node.facets.parametric, seen.insert(node.layerKey).inserted else {
        return total
      }
      return total + layer.parameterCount
    }
  }
}
