/// What a forward pass keeps of each node for those who look back.
struct Retention {
  enum Kept {
    case nothing
    /// Where a rectifier let its input through.
    case gates
    case value
  }

  /// By the index of the node.
  private(set) var kept: [Kept]
  /// Whether a pooling layer says where its maxima were.
  private(set) var keepsWinners: [Bool]

  private let graph: Graph
  private let fusion: Fusion

  init(_ graph: Graph, _ fusion: Fusion, _ request: ForwardPlan.Request) {
    (self.graph, self.fusion) = (graph, fusion)
    let everything = request.record == .everything
    kept = Array(repeating: everything ? .value : .nothing, count: graph.nodes.count)
    keepsWinners = graph.nodes.map { everything && $0.facets.pool != nil }
    if case .behind(let first) = request.record {
      keepWhatIsRead(behind: first)
    }
    for id in request.outputs { kept[id.index] = .value }
    settleJoins()
    settleGates()
  }

  /// What the pullbacks of all layers behind `first` read.
  private mutating func keepWhatIsRead(behind first: [NodeID]) {
    let isBehind = graph.descendants(of: first)
    for node in graph.nodes where isBehind[node.id.index] && !first.contains(node.id) {
      if node.facets.rectifier != nil, kept[node.id.index] == .nothing { kept[node.id.index] = .gates }
      if node.facets.pool != nil { keepsWinners[node.id.index] = true }
      if node.facets.readsValues { for id in node.inputs + [node.id] { kept[id.index] = .value } }
    }
    // From these, everything can be computed again.
    for id in graph.inputs { kept[id.index] = .value }
  }

  /// Parts of a concatenation have their gates in those of the whole, or their values in the whole's.
  private mutating func settleJoins() {
    for node in graph.nodes {
      guard let place = fusion.chains[node.id.index]?.place, kept[node.id.index] != .nothing else { continue }
      let fits = canNoteGates(node) && place.channel % Gates.lanes == 0
      if kept[node.id.index] == .value || !fits { kept[place.concatenation.index] = .value }
    }
    for node in graph.nodes {
      guard let place = fusion.chains[node.id.index]?.place else { continue }
      let whole = place.concatenation.index
      if kept[whole] == .value { kept[node.id.index] = .nothing }
      if kept[whole] == .nothing, kept[node.id.index] == .gates { kept[whole] = .gates }
    }
  }

  /// Where no kernel notes gates, the value says the same.
  private mutating func settleGates() {
    for node in graph.nodes where kept[node.id.index] == .gates && !node.facets.joinsChannels {
      if !canNoteGates(node) { kept[node.id.index] = .value }
    }
  }

  private func canNoteGates(_ node: Node) -> Bool {
    guard let chain = fusion.chain(rectifiedAt: node) else { return false }
    return chain.rectifier != nil && chain.layer.notesGates
  }
}
