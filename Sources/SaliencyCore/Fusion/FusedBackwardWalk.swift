/// A backward pass whose kernels finish their results: they add the other readers' signals, pass the ReLU that made the
/// node's value, and the batch normalisation before it, while they store.
///
/// The rule of each node is looked up as in `BackwardWalk`. A node that cannot be passed inside a kernel is visited in its
/// turn. The results have the same bits.
struct FusedBackwardWalk {
  private let tape: Tape
  private let plan: BackwardPlan
  private let rules: ResolvedRules
  private let computesParameterGradients: Bool
  /// What has arrived at each node.
  private var signals: [Signal]
  /// For each node, how many of its readers' signals are still to come.
  private var pending: [Int]
  private var found: BackwardResult

  init(_ tape: Tape, seeds: [NodeID: Tensor], rules: RuleMap, request: BackwardPlan.Request) {
    self.tape = tape
    plan = tape.graph.plans.backward(request, in: tape.graph)
    self.rules = ResolvedRules(rules, for: plan.nodes, of: tape.graph)
    computesParameterGradients = request.ofParameters
    signals = Array(repeating: Signal(), count: plan.parts.count)
    for (id, seed) in seeds { signals[id.index].add(FeatureView(seed), from: Signal.seed) }
    pending = plan.parts
    found = BackwardResult(entries: rules.entries.count)
  }

  /// Visits the nodes between the seeds and the targets, last first.
  mutating func run() throws -> BackwardResult {
    for node in plan.nodes { try visit(node) }
    for index in signals.indices where plan.isTarget[index] {
      found.atNodes[NodeID(index: index)] = signals[index].sum?.tensor
    }
    return found
  }

  private mutating func visit(_ node: Node) throws {
    guard let signal = take(node.id), let step = tape.step(at: node.id) else { return }
    if computesParameterGradients, let layer = node.parametric {
      found.accumulate(layer.parameterPullback(signal.tensor, at: step), of: node.layerID)
    }
    guard node.inputs.contains(where: { plan.isOnPath[$0.index] }) else { return }
    let entry = rules.entry(for: node)
    found.count(node, by: entry)
    if entry == nil, let layer = node.lowering.backwardKernel {
      pass(signal, through: step, layer, of: node)
    } else if entry == nil, node.lowering.joinsChannels {
      deliver(parts(of: signal, node), from: node)
    } else {
      let parts = try rules.propagate(signal.tensor, through: step, of: node)
      deliver(parts.map(FeatureView.init), from: node)
    }
  }

  /// Takes the signal at a node, and leaves it there if the node is a target.
  private mutating func take(_ id: NodeID) -> FeatureView? {
    guard let sum = signals[id.index].sum else { return nil }
    signals[id.index] = Signal()
    if plan.isTarget[id.index] { signals[id.index].add(sum, from: Signal.seed) }
    return sum
  }

  private mutating func deliver(_ parts: [FeatureView], from node: Node) {
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

  // MARK: What a kernel passes as it stores

  private mutating func pass(
    _ signal: FeatureView, through step: Step, _ layer: any EpiloguePullbackLayer, of node: Node
  ) {
    let source = node.inputs[0]
    var epilogue = Epilogue()
    // Only the last part of the signal makes the sum complete.
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
    if let scale = channelScale(at: place) {
      epilogue.factor = scale
      (reader, place) = (place, advance(through: place, nil))
    }
    deliver(FeatureView(layer.pullback(signal, at: step, epilogue)), to: place, from: reader)
  }

  /// Whether the signal at a node is complete after the kernel's sum, and is no target of the pass.
  private func canPass(_ node: Node) -> Bool {
    let index = node.id.index
    return pending[index] <= 1 && signals[index].isEmpty && !plan.isTarget[index]
  }

  /// How a ReLU's rule reads it, if a kernel can apply the rule.
  private func gate(at id: NodeID) -> RectifierMask? {
    let node = tape.node(id)
    guard let rectifier = node.lowering.rectifier, canPass(node) else { return nil }
    guard let entry = rules.entry(for: node) else {
      return RectifierMask(
        rule: .gradient, entry: nil, reluMask: tape.reluMask(id), maximum: rectifier.maximum)
    }
    guard let rule = rules.rectifierRule(of: entry) else { return nil }
    return RectifierMask(rule: rule, entry: entry, reluMask: tape.reluMask(id), maximum: rectifier.maximum)
  }

  /// The factors of a batch normalisation that a kernel can apply.
  private func channelScale(at id: NodeID) -> Tensor? {
    let node = tape.node(id)
    guard let scale = node.lowering.channelScale, !computesParameterGradients, canPass(node),
      rules.entry(for: node) == nil
    else { return nil }
    return scale.scale
  }

  /// Accounts for a node of one input that was passed inside a kernel, and returns what it read.
  private mutating func advance(through id: NodeID, _ gate: RectifierMask?) -> NodeID {
    let node = tape.node(id)
    found.count(node, by: gate?.entry)
    return node.inputs[0]
  }

  /// The ReLU mask that all inputs of a concatenation share, if they are ReLUs that no other node reads.
  private func gateOfConcatenation(at id: NodeID) -> RectifierMask? {
    let node = tape.node(id)
    guard node.lowering.joinsChannels, canPass(node), rules.entry(for: node) == nil,
      tape.masksAreComplete(node)
    else { return nil }
    let reluMask = node.inputs.map(gate)
    guard let first = reluMask[0], reluMask.allSatisfy({ $0?.isSame(as: first) ?? false }) else { return nil }
    return first.reading(tape.reluMask(id))
  }

  /// Delivers each part of the signal at a concatenation to the input of its ReLU.
  private mutating func distribute(_ signal: FeatureView, behind concatenation: NodeID, _ gate: RectifierMask)
  {
    let node = tape.node(concatenation)
    for (source, part) in zip(node.inputs, parts(of: signal, node)) {
      deliver(part, to: advance(through: source, gate), from: source)
    }
  }
}

/// A ReLU as a kernel passes it.
private struct RectifierMask {
  let rule: RectifierRule
  /// The entry of the rule map that decided.
  let entry: Int?
  let reluMask: ReLUMaskSource
  let maximum: Float?

  func isSame(as other: RectifierMask) -> Bool {
    rule == other.rule && entry == other.entry && maximum == other.maximum
  }

  func reading(_ reluMask: ReLUMaskSource) -> RectifierMask {
    RectifierMask(rule: rule, entry: entry, reluMask: reluMask, maximum: maximum)
  }

  func fits(_ layer: any EpiloguePullbackLayer) -> Bool {
    if case .bits = reluMask { return layer.readsReLUMask }
    return true
  }

  func add(to epilogue: inout Epilogue) {
    if rule != .gradient { epilogue.clamp = 0...(.infinity) }
    if rule != .deconvolution { epilogue.gate(by: reluMask, limit: maximum) }
  }
}
