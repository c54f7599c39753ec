/// Which nodes of a network are computed region by region after a change of one region of the image, and which are computed
/// whole.
///
/// The layers behind a change read wider and wider windows. As long as the region that can have changed is a small part of a map, only it is computed; the
/// first maps of which it is most, and what reads values from everywhere, begin the tail.
struct RegionPlan: Sendable {
  /// How a change moves through a layer.
  enum Locality: Sendable {
    /// To the positions whose window holds it.
    case window(any WindowedLayer)
    /// To the same positions.
    case point
    /// By some rows and columns.
    case shift(rows: Int, columns: Int)
  }

  /// For each node that is computed region by region, how.
  let localities: [Locality?]
  /// The nodes in the graph's order.
  let nodes: [Node]
  /// The rest of the network.
  let tail: Tail

  /// The largest part of a map that is computed as a region.
  private static let largestPart = 0.75

  /// - Parameters:
  ///   - size: The sides of the regions of the image.
  ///   - channels: The channels of the explained node that are wanted; nil for all.
  ///   - excluded: Nodes that are computed whole nevertheless.
  init(
    _ model: Model, size: (rows: Int, columns: Int), explained: NodeID,
    channels: Range<Int>? = nil, excluding excluded: Set<NodeID> = []
  ) throws(GraphError) {
    let graph = model.graph
    let (isNeeded, isChanged) = (graph.ancestors(of: [explained]), graph.descendants(of: [model.input]))
    var localities = [Locality?](repeating: nil, count: graph.nodes.count)
    var regions = [ImageRegion?](repeating: nil, count: graph.nodes.count)
    regions[model.input.index] = Self.middle(of: graph[model.input].shape, size)
    for node in graph.nodes where isNeeded[node.id.index] && isChanged[node.id.index] {
      let changed = node.inputs.filter { isChanged[$0.index] }
      guard !excluded.contains(node.id), let locality = Locality(of: node, in: graph),
        changed.allSatisfy({ regions[$0.index] != nil }),
        let region = changed.compactMap({ regions[$0.index] }).reduced({ $0.union($1) }),
        let own = locality.moved(region, through: node, in: graph),
        Double(own.count) <= Self.largestPart * Double(node.shape[0] * node.shape[1])
      else { continue }
      (localities[node.id.index], regions[node.id.index]) = (locality, own)
    }
    let isComputed = graph.nodes.map { isChanged[$0.id.index] && regions[$0.id.index] == nil }
    let starts = graph.nodes.filter { node in
      regions[node.id.index] != nil
        && (node.id == explained
          || graph.consumers(of: node.id).contains { isComputed[$0.index] && isNeeded[$0.index] })
    }
    tail = try Tail(
      of: model, computing: isComputed, starts: starts.map(\.id), to: explained, channels: channels)
    let isRead = graph.ancestors(of: starts.map(\.id))
    nodes = graph.nodes.filter { localities[$0.id.index] != nil && isRead[$0.id.index] }
    self.localities = localities
  }

  /// Where the windows of a node lie that are computed in tiles of several outputs; nil for any other node.
  func tiledPlacement(of node: Node, _ graph: Graph) -> Window.Placement? {
    guard case .window(let layer) = localities[node.id.index] else { return nil }
    let place = layer.placement(in: node, graph)
    return layer.tile(place) > 1 ? place : nil
  }

  private static func middle(of shape: Shape, _ size: (rows: Int, columns: Int)) -> ImageRegion {
    let (row, column) = (max(shape[0] - size.rows, 0) / 2, max(shape[1] - size.columns, 0) / 2)
    return ImageRegion(
      rows: row..<min(row + size.rows, shape[0]), columns: column..<min(column + size.columns, shape[1]))
  }
}

extension RegionPlan.Locality {
  /// How a change moves through a node; nil if it moves everywhere.
  init?(of node: Node, in graph: Graph) {
    let shapes = node.inputs.map { graph[$0].shape }
    guard node.shape.rank == 3, shapes.allSatisfy({ $0.rank == 3 }) else { return nil }
    switch node.layer {
    case let layer as any WindowedLayer: self = .window(layer)
    case is any ElementwiseLayer, is BatchNormalization, is any IdentityLayer, is Rescaling: self = .point
    case is Merge where shapes.allSatisfy({ $0 == node.shape }): self = .point
    case let join as Concatenate where join.axis == -1: self = .point
    case let border as ZeroPadding2D: self = .shift(rows: border.top, columns: border.left)
    default: return nil
    }
  }

  /// The region of a node's value that a region of its input can change; nil if there is none.
  func moved(_ region: ImageRegion, through node: Node, in graph: Graph) -> ImageRegion? {
    switch self {
    case .point: return region
    case .shift(let rows, let columns): return region.shifted(rows: rows, columns: columns)
    case .window(let layer):
      let (window, place) = (layer.window, layer.placement(in: node, graph))
      let tile = layer.tile(place)
      guard
        let rows = Self.reached(
          region.rows, place.top, window.height, window.strideY, window.dilationY, place.outputHeight, tile),
        let columns = Self.reached(
          region.columns, place.left, window.width, window.strideX, window.dilationX, place.outputWidth, tile)
      else { return nil }
      return ImageRegion(rows: rows, columns: columns)
    }
  }

  /// The output positions of one axis whose windows hold a position of a range, in whole tiles.
  private static func reached(
    _ range: Range<Int>, _ before: Int, _ size: Int, _ step: Int, _ dilation: Int, _ count: Int, _ tile: Int
  ) -> Range<Int>? {
    let reach = (size - 1) * dilation
    let first = max(range.lowerBound + before - reach + step - 1, 0) / step
    let end = min((range.upperBound - 1 + before) / step + 1, count)
    guard first < end else { return nil }
    return (first / tile * tile)..<min((end + tile - 1) / tile * tile, count)
  }
}

extension WindowedLayer {
  /// Where the windows lie on the map that a node reads.
  func placement(in node: Node, _ graph: Graph) -> Window.Placement {
    window.placement(on: graph[node.inputs[0]].shape.batched(1))
  }
}

extension Array {
  /// The elements combined one after the other; nil if there are none.
  fileprivate func reduced(_ combine: (Element, Element) -> Element) -> Element? {
    first.map { dropFirst().reduce($0, combine) }
  }
}
