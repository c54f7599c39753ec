/// The place of a node in its graph.
public struct NodeID: Hashable, Sendable, Comparable {
  public let index: Int
  public static func < (a: NodeID, b: NodeID) -> Bool { a.index < b.index }
}

/// One layer, applied once; or, without a layer, an input of the graph.
public struct Node: Sendable {
  public let id: NodeID
  public let name: String
  /// The name under which the layer's parameters are known: shared layers have several nodes with one owner.
  public let owner: String
  public let layer: (any Layer)?
  public let inputs: [NodeID]
  /// The shape of one sample of the node's value.
  public let shape: Shape

  /// Which layer this is a use of.
  var layerKey: LayerKey { LayerKey(owner: owner, kind: layer?.kind ?? "") }
}

/// One layer, however often it is used: its owner's name and its kind.
///
/// The kind is needed because a layer of a Keras file may have become several (a separable convolution, a fused
/// activation), which all bear its name.
struct LayerKey: Hashable, Sendable {
  let owner: String
  let kind: String
}

/// A network as a value: nodes in topological order, their shapes checked as they are added.
public struct Graph: Sendable {
  public private(set) var nodes: [Node] = []
  private var ids: [String: NodeID] = [:]

  public init() {}

  public subscript(id: NodeID) -> Node { nodes[id.index] }

  /// The inputs, in the order in which they were added.
  public var inputs: [NodeID] { nodes.filter { $0.layer == nil }.map(\.id) }

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
    ids[name] = id
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
      guard let layer = node.layer as? any ParametricLayer, seen.insert(node.layerKey).inserted else {
        return total
      }
      return total + layer.parameters.reduce(0) { $0 + $1.value.count }
    }
  }
}
