/// What a forward pass saves of each node for the backward pass.
struct SavedActivationPolicy {
  enum Kept {
    case nothing
    /// The mask of a ReLU.
    case reluMask
    case value
  }

  /// By the index of the node.
  private(set) var kept: [Kept]
  /// Whether a max pooling saves its argmax indices.
  private(set) var keepsWinners: [Bool]

  private let graph: Graph
  private let fusion: Fusion

  init(_ graph: Graph, _ fusion: Fusion, _ request: ForwardPlan.Request) {
    (self.graph, self.fusion) = (graph, fusion)
    let everything = request.record == .everything
    kept = Array(repeating: everything ? .value : .nothing, count: graph.nodes.count)
    keepsWinners = graph.nodes.map { everything && $0.lowering.maxPooling != nil }
    if case .behind(let first) = request.record {
      keepWhatIsRead(behind: first)
    }
    for id in request.outputs { kept[id.index] = .value }
    settleJoins()
    settleGates()
  }

  /// Keeps what the pullbacks of all layers behind `first` read.
  private mutating func keepWhatIsRead(behind first: [NodeID]) {
    let isBehind = graph.descendants(of: first)
    for node in graph.nodes where isBehind[node.id.index] && !first.contains(node.id) {
      if node.lowering.rectifier != nil, kept[node.id.index] == .nothing { kept[node.id.index] = .reluMask }
      if node.lowering.maxPooling != nil { keepsWinners[node.id.index] = true }
      if node.pullbackReadsValues { for id in node.inputs + [node.id] { kept[id.index] = .value } }
    }
    // Every other value can be computed from these.
    for id in graph.inputs { kept[id.index] = .value }
  }

  /// Moves what is kept of a concatenation's parts to the concatenation, in whose memory they lie.
  private mutating func settleJoins() {
    for node in graph.nodes {
      guard let place = fusion.chains[node.id.index]?.place, kept[node.id.index] != .nothing else { continue }
      let fits = canNoteGates(node) && place.channel % ReLUMask.lanes == 0
      if kept[node.id.index] == .value || !fits { kept[place.concatenation.index] = .value }
    }
    for node in graph.nodes {
      guard let place = fusion.chains[node.id.index]?.place else { continue }
      let whole = place.concatenation.index
      if kept[whole] == .value { kept[node.id.index] = .nothing }
      if kept[whole] == .nothing, kept[node.id.index] == .reluMask { kept[whole] = .reluMask }
    }
  }

  /// Saves the value, from which the mask follows, if no kernel writes a mask.
  private mutating func settleGates() {
    for node in graph.nodes where kept[node.id.index] == .reluMask && !node.lowering.joinsChannels {
      if !canNoteGates(node) { kept[node.id.index] = .value }
    }
  }

  private func canNoteGates(_ node: Node) -> Bool {
    guard let chain = fusion.chain(rectifiedAt: node) else { return false }
    return chain.rectifier != nil && chain.layer.savesReLUMask
  }
}
