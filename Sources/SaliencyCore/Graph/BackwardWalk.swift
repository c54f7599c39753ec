/// The state of one backward pass: the signals at the nodes, and how many parts of each are still to come.
struct BackwardWalk {
  let tape: Tape
  let rules: RuleMap
  let ofParameters: Bool
  let plan: BackwardPlan
  private let targets: [NodeID]
  /// What has arrived at each node.
  private var signals: [Signal]
  /// For each node, how many of its readers have not yet said what their signal means at it.
  private var pending: [Int]
  private var found: Cotangents

  init(_ tape: Tape, seeds: [NodeID: Tensor], targets: [NodeID], rules: RuleMap, ofParameters: Bool) {
    (self.tape, self.rules, self.targets, self.ofParameters) = (tape, rules, targets, ofParameters)
    let request = BackwardPlan.Request(
      seeds: seeds.keys.sorted(), targets: targets, ofParameters: ofParameters)
    plan = tape.graph.plans.backward(request, in: tape.graph)
    signals = Array(repeating: Signal(), count: plan.parts.count)
    for (id, seed) in seeds { signals[id.index].add(FeatureView(seed), from: Signal.seed) }
    pending = plan.parts
    found = Cotangents(entries: rules.entries.count)
  }

  /// What was found at the targets.
  var result: Cotangents {
    var found = found
    for id in targets {
      if let signal = signals[id.index].sum { found.atNodes[id] = signal.tensor }
    }
    return found
  }

  /// Passes the signal at a node on to what the node read.
  mutating func visit(_ node: Node) {
    guard let signal = take(node.id), let step = tape.step(at: node.id) else { return }
    if ofParameters, let layer = node.facets.parametric {
      found.accumulate(layer.parameterPullback(signal.tensor, at: step), of: node.layerKey)
    }
    guard node.inputs.contains(where: { plan.isOnPath[$0.index] }) else { return }
    countNonlinearity(node)
    if let index = rules.index(for: step) {
      found.matches[index] += 1
      spread(
        rules.entries[index].rule.propagate(signal.tensor, through: step).map(FeatureView.init), from: node)
    } else if let layer = node.facets.epiloguePullback {
      pass(signal, through: step, layer, of: node)
    } else if node.facets.joinsChannels {
      spread(parts(of: signal, node), from: node)
    } else {
      spread(step.pullback(signal.tensor).map(FeatureView.init), from: node)
    }
  }

  private mutating func take(_ id: NodeID) -> FeatureView? {
    guard let sum = signals[id.index].sum else { return nil }
    signals[id.index] = Signal()
    if plan.isTarget[id.index] { signals[id.index].add(sum, from: Signal.seed) }
    return sum
  }

  private mutating func countNonlinearity(_ node: Node) {
    if !node.facets.isAffine { found.nonlinear.append(node) }
  }

  private mutating func spread(_ parts: [FeatureView], from node: Node) {
    for (source, part) in zip(node.inputs, parts) { deliver(part, to: source, from: node.id) }
  }

  private mutating func deliver(_ part: FeatureView, to id: NodeID, from reader: NodeID) {
    pending[id.index] -= 1
    if plan.isOnPath[id.index] { signals[id.index].add(part, from: reader.index) }
  }

  /// The signal at a concatenation, taken apart.
  private func parts(of signal: FeatureView, _ node: Node) -> [FeatureView] {
    var channel = 0
    return node.inputs.map { source in
      let shape = tape.node(source).shape
      let channels = shape[shape.rank - 1]
      defer { channel += channels }
      return signal.channels(from: channel, count: channels)
    }
  }

  // MARK: Fusion

  // A kernel can add what other readers sent to the same node, pass the rectifier that made the node's value, and the
  // batch normalisation before it, while it stores its result. The rule of each step is looked up as ever; a step that
  // cannot be passed in this way is visited in its turn.

  private mutating func pass(
    _ signal: FeatureView, through step: Step, _ layer: any EpiloguePullbackLayer, of node: Node
  ) {
    let source = node.inputs[0]
    var epilogue = Epilogue()
    // Only where this is the last part of the signal is the sum complete.
    guard pending[source.index] == 1, signals[source.index].canEnd(with: node.id.index) else {
      return deliver(FeatureView(layer.pullback(signal, at: step, epilogue)), to: source, from: node.id)
    }
    epilogue.addend = signals[source.index].sum
    signals[source.index] = Signal()
    if let gate = gateOfConcatenation(at: source), gate.fits(layer) {
      gate.add(to: &epilogue)
      return distribute(FeatureView(layer.pullback(signal, at: step, epilogue)), behind: source, gate)
    }
    var (reader, place) = (node.id, source)
    if let gate = gate(at: place) {
      guard gate.fits(layer) else {
        return deliver(FeatureView(layer.pullback(signal, at: step, epilogue)), to: source, from: node.id)
      }
      gate.add(to: &epilogue)
      (reader, place) = (place, advance(through: place, gate))
    }
    if let norm = normalisation(at: place) {
      epilogue.factor = norm.channelScale.scale
      (reader, place) = (place, advance(through: place, nil))
    }
    deliver(FeatureView(layer.pullback(signal, at: step, epilogue)), to: place, from: reader)
  }

  /// Whether the signal at a node is what the kernel will have after its sum, and nobody asked to see it.
  private func canPass(_ node: Node) -> Bool {
    let index = node.id.index
    return pending[index] <= 1 && signals[index].isEmpty && !plan.isTarget[index]
  }

  /// The index of the rule that decides about a node.
  private func rule(for node: Node) -> Int? {
    rules.entries.isEmpty ? nil : tape.step(at: node.id).flatMap { rules.index(for: $0) }
  }

  /// How a rectifier's rule reads it, where it is one that the kernel can apply.
  private func gate(at id: NodeID) -> RectifierGate? {
    let node = tape.node(id)
    guard let layer = node.facets.rectifier, canPass(node) else { return nil }
    guard let index = rule(for: node) else {
      return RectifierGate(rule: .gradient, entry: nil, gates: tape.gates(id), maximum: layer.maximum)
    }
    guard let rule = rules.entries[index].rule as? RectifierRule else { return nil }
    return RectifierGate(rule: rule, entry: index, gates: tape.gates(id), maximum: layer.maximum)
  }

  private func normalisation(at id: NodeID) -> BatchNormalization? {
    let node = tape.node(id)
    guard let norm = node.facets.norm, !ofParameters, canPass(node), rule(for: node) == nil else {
      return nil
    }
    return norm
  }

  /// Accounts for a step of one input that was passed inside a kernel, and returns what it read.
  private mutating func advance(through id: NodeID, _ gate: RectifierGate?) -> NodeID {
    let node = tape.node(id)
    countNonlinearity(node)
    if let entry = gate?.entry { found.matches[entry] += 1 }
    return node.inputs[0]
  }

  /// The gate that all inputs of a channel concatenation share, where they are rectifiers read by nobody else.
  private func gateOfConcatenation(at id: NodeID) -> RectifierGate? {
    let node = tape.node(id)
    guard node.facets.joinsChannels, canPass(node), rule(for: node) == nil, tape.gatesAreComplete(node)
    else { return nil }
    let gates = node.inputs.map(gate)
    guard let first = gates[0], gates.allSatisfy({ $0?.isSame(as: first) ?? false }) else { return nil }
    return first.reading(tape.gates(id))
  }

  /// Hands each part of the signal at a concatenation to what is behind its rectifier.
  private mutating func distribute(_ signal: FeatureView, behind concatenation: NodeID, _ gate: RectifierGate)
  {
    let node = tape.node(concatenation)
    for (source, part) in zip(node.inputs, parts(of: signal, node)) {
      deliver(part, to: advance(through: source, gate), from: source)
    }
  }
}

/// A rectifier as a kernel passes it.
private struct RectifierGate {
  let rule: RectifierRule
  /// The entry of the rule map that decided.
  let entry: Int?
  let gates: GateSource
  let maximum: Float?

  func isSame(as other: RectifierGate) -> Bool {
    rule == other.rule && entry == other.entry && maximum == other.maximum
  }

  func reading(_ gates: GateSource) -> RectifierGate {
    RectifierGate(rule: rule, entry: entry, gates: gates, maximum: maximum)
  }

  func fits(_ layer: any EpiloguePullbackLayer) -> Bool {
    if case .bits = gates { return layer.readsGates }
    return true
  }

  func add(to epilogue: inout Epilogue) {
    if rule != .gradient { epilogue.clamp = 0...(.infinity) }
    if rule != .deconvolution { epilogue.gate(by: gates, limit: maximum) }
  }
}
