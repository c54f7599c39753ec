/// The position of a node in its graph.
public struct NodeID: Hashable, Sendable, Comparable {
  /// The index in `Graph.nodes`.
  public let index: Int
  public static func < (a: NodeID, b: NodeID) -> Bool { a.index < b.index }
}

/// The identity of a layer in its graph, however many nodes apply it.
///
/// A graph gives every layer that is added a new one. Nodes that apply one layer (`Graph.add(_:sharing:)`) have the same.
public struct LayerID: Hashable, Sendable {
  /// The node that applies the layer first.
  public let firstNode: NodeID
}

/// A vertex of the graph: a layer and the nodes whose values it reads; without a layer, an input of the graph.
///
/// It holds no values of any pass; a `Step` does. A node never changes. It is a class so that a pass, which reads every node several
/// times, copies none.
public final class Node: Sendable {
  /// The position in the graph.
  public let id: NodeID
  /// The name, unique in the graph.
  public let name: String
  /// The name of the model's layer that the node is a part of, for people: several nodes may have the same.
  public let layerName: String
  /// The layer; nil for an input of the graph.
  public let layer: (any Layer)?
  /// Which layer of the graph the node applies: what is replaced, randomised and counted as one.
  public let layerID: LayerID
  /// The nodes whose values the layer reads, in its order.
  public let inputs: [NodeID]
  /// The shape of one sample of the node's value.
  public let shape: Shape

  // Found once: a cast to a protocol takes longer than some layers take to run, and passes need it at every node.
  let parametric: (any ParametricLayer)?
  let isAffine: Bool
  let lowering: Lowering

  init(
    id: NodeID, name: String, layerName: String, layer: (any Layer)?, layerID: LayerID, inputs: [NodeID],
    shape: Shape
  ) {
    self.id = id
    self.name = name
    self.layerName = layerName
    self.layer = layer
    self.layerID = layerID
    self.inputs = inputs
    self.shape = shape
    parametric = layer as? any ParametricLayer
    isAffine = layer?.isAffine ?? true
    lowering = Lowering(of: layer)
  }

  /// Whether no earlier node applies the same layer.
  public var isFirstUse: Bool { layerID.firstNode == id }
}
