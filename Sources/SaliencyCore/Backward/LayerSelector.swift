/// A choice of nodes of a graph, by layer type, family, name, or place: what a backward rule is for.
public struct LayerSelector: Sendable, CustomStringConvertible {
  /// The selection in words: `ReLU`.
  public let description: String
  /// Prepares the selection for one graph.
  let prepare: @Sendable (Graph) -> @Sendable (Node) -> Bool

  /// The nodes with a layer that satisfy a condition.
  public init(_ description: String, where isSelected: @escaping @Sendable (Node) -> Bool) {
    self.init(description) { _ in isSelected }
  }

  private init(
    _ description: String, prepare: @escaping @Sendable (Graph) -> @Sendable (Node) -> Bool
  ) {
    self.description = description
    self.prepare = prepare
  }

  /// Every node with a layer.
  public static let any = LayerSelector("any layer") { (_: Node) in true }

  /// Dense layers and convolutions of every kind.
  public static let linear = family((any LinearLayer).self, "dense layers and convolutions")

  /// The dense layers and convolutions that the input reaches through no other one.
  public static let first = linear.first

  /// The dense layers and convolutions whose output reaches no other one.
  public static let last = linear.last

  /// Layers of exactly these types.
  public static func types(_ types: [any Layer.Type]) -> LayerSelector {
    LayerSelector(types.map { String(describing: $0) }.joined(separator: ", ")) { (node: Node) in
      node.layer.map { layer in types.contains { $0 == type(of: layer) } } ?? false
    }
  }

  /// Layers that conform to a protocol: `.family((any ElementwiseLayer).self)`.
  ///
  /// - Parameter name: What the family is called in messages; by default the protocol's name.
  public static func family<Family>(_ family: Family.Type, _ name: String? = nil) -> LayerSelector {
    LayerSelector(name ?? "\(family)") { (node: Node) in node.layer is Family }
  }

  /// Nodes whose name matches a pattern, in which `*` is any text and `?` any character: `block5_*`.
  public static func named(_ pattern: String) -> LayerSelector {
    LayerSelector("layers named \"\(pattern)\"") { (node: Node) in
      node.layer != nil && matches(Array(node.name)[...], Array(pattern)[...])
    }
  }

  private static func matches(_ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>) -> Bool {
    var (text, pattern) = (text, pattern)
    // Where to go on after the last `*` if what follows it does not match here.
    var retry: (text: ArraySlice<Character>, pattern: ArraySlice<Character>)?
    while let character = text.first {
      if pattern.first == "*" {
        pattern = pattern.dropFirst()
        retry = (text, pattern)
      } else if let wanted = pattern.first, wanted == "?" || wanted == character {
        (text, pattern) = (text.dropFirst(), pattern.dropFirst())
      } else if let last = retry {
        (text, pattern) = (last.text.dropFirst(), last.pattern)
        retry = (text, pattern)
      } else {
        return false
      }
    }
    return pattern.allSatisfy { $0 == "*" }
  }

  /// Of these, the ones that the input reaches through none of the others.
  public var first: LayerSelector {
    LayerSelector("the first of \(description)") { graph in
      let isSelected = prepare(graph)
      // Whether a selected node lies before.
      var isBehind = [Bool](repeating: false, count: graph.nodes.count)
      for node in graph.nodes {
        isBehind[node.id.index] = node.inputs.contains { isBehind[$0.index] || isSelected(graph[$0]) }
      }
      let found = isBehind
      return { !found[$0.id.index] && isSelected($0) }
    }
  }

  /// Of these, the ones whose output reaches none of the others.
  public var last: LayerSelector {
    LayerSelector("the last of \(description)") { graph in
      let isSelected = prepare(graph)
      var isBefore = [Bool](repeating: false, count: graph.nodes.count)
      for node in graph.nodes.reversed() where isBefore[node.id.index] || isSelected(node) {
        for source in node.inputs { isBefore[source.index] = true }
      }
      let found = isBefore
      return { !found[$0.id.index] && isSelected($0) }
    }
  }

  /// The nodes that both select.
  public func and(_ other: LayerSelector) -> LayerSelector {
    LayerSelector("\(description) and \(other)") { graph in
      let (a, b) = (prepare(graph), other.prepare(graph))
      return { a($0) && b($0) }
    }
  }

  /// The nodes that one of the two selects.
  public func or(_ other: LayerSelector) -> LayerSelector {
    LayerSelector("\(description) or \(other)") { graph in
      let (a, b) = (prepare(graph), other.prepare(graph))
      return { a($0) || b($0) }
    }
  }

  /// These without the ones that the other selects.
  public func except(_ other: LayerSelector) -> LayerSelector {
    LayerSelector("\(description) except \(other)") { graph in
      let (a, b) = (prepare(graph), other.prepare(graph))
      return { a($0) && !b($0) }
    }
  }
}
