/// The place of a node in its graph.
public struct NodeID: Hashable, Sendable, Comparable {
  public let index: Int
  public static func < (a: NodeID, b: NodeID) -> Bool { a.index < b.index }
}

/// One layer, applied once; or, without a layer, an input of the graph.
///
/// A node never changes. It is an object only so that a pass, which looks at every node several times, copies none.
public final class Node: Sendable {
  public let id: NodeID
  public let name: String
  /// The name under which the layer's parameters are known: shared layers have several nodes with one owner.
  public let owner: String
  public let layer: (any Layer)?
  public let inputs: [NodeID]
  /// The shape of one sample of the node's value.
  public let shape: Shape
  /// What passes ask of the layer.
  let facets: LayerFacets

  init(id: NodeID, name: String, owner: String, layer: (any Layer)?, inputs: [NodeID], shape: Shape) {
    self.id = id
    self.name = name
    self.owner = owner
    self.layer = layer
    self.inputs = inputs
    self.shape = shape
    facets = LayerFacets(of: layer)
  }

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
