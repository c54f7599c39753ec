extension Model {
  /// How many layers have parameters that the score depends on: what randomisation goes through.
  public var parametricLayerCount: Int {
    let reached = graph.ancestors(of: [score])
    return Set(graph.nodes.filter { reached[$0.id.index] && $0.layer is any ParametricLayer }.map(\.layerID))
      .count
  }
}
