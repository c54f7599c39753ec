internal import SaliencyCore

/// The rule map of a composite for one model.
///
/// What the entries do not select gets the rules that LRP has for layers without weights: activations and
/// normalisations pass relevance on as it is, sums and means split it in proportion, a product gives it to the gated
/// signal. Maxima, rearrangements and everything else take the gradient, which moves relevance without changing it.
struct PropagationRules {
  var entries: [Composite.Entry]
  var epsilon: Float = 1e-6
  var gamma: Float = 0.25
  var stabilizer: Float = 1e-6
  var bias = BiasShare.absorb
  /// Whether batch normalisation is folded into the layer before it.
  var foldsNormalization = true
  /// The least and greatest value of each channel of the model's input; nil if they are not known.
  var bounds: (low: [Float], high: [Float])?

  /// - Throws: `MethodError.unsuitable` if a rule needs the bounds of the input and they are not known.
  func map<Method: SaliencyMethod>(for model: Model, method: Method.Type) throws -> RuleMap {
    try requireBounds(of: model, method: method)
    let folded = foldsNormalization ? model.graph.foldedNormalizations() : [:]
    return RuleMap {
      for entry in entries { apply(rule(entry.rule, for: model, folded), to: entry.selector) }
      withoutWeights
    }
  }

  /// - Throws: `MethodError.unsuitable` if a rule needs the bounds of the input and they are not known.
  func requireBounds<Method: SaliencyMethod>(of model: Model, method: Method.Type) throws(MethodError) {
    guard entries.contains(where: { $0.rule.name == .zBox }) else { return }
    let channels = model.inputShape.dimensions.last ?? 1
    guard let bounds else {
      throw Method.unsuitable(
        for: model,
        "the z-box rule needs the range of the input, and how images are preprocessed is not known; give `low` and "
          + "`high`, or use `lrp(composite=epsilon-plus-flat)`")
    }
    guard [1, channels].contains(bounds.low.count), bounds.high.count == bounds.low.count else {
      throw Method.unsuitable(
        for: model, "found \(bounds.low.count) bounds, expected 1 or \(channels); use `lrp(low=0, high=1)`")
    }
  }

  private func apply(_ rule: any BackwardRule, to selector: LayerSelector) -> Apply {
    Apply(rule, to: selector)
  }

  /// The rules of layers without weights.
  private var withoutWeights: RuleMap {
    let norm = NormRule(stabilizer: stabilizer, distributes: bias == .distribute)
    return RuleMap {
      Apply(PassRule(), to: .family((any ElementwiseLayer).self))
      Apply(
        PassRule(), to: PReLU.self, BatchNormalization.self, Rescaling.self, LayerNormalization.self,
        GroupNormalization.self, RMSNormalization.self, UnitNormalization.self)
      Apply("sums", norm) { node in
        (node.layer as? Merge).map { [.add, .average, .subtract].contains($0.operation) } ?? false
      }
      Apply("products", GateRule()) { ($0.layer as? Merge)?.operation == .multiply }
      Apply(
        norm, to: AveragePool2D.self, GlobalAveragePool2D.self, Resizing.self,
        UpSampling2D.self)
    }
  }

  private func rule(
    _ rule: PropagationRule, for model: Model, _ folded: [NodeID: FoldedNormalization]
  ) -> any BackwardRule {
    switch rule.name {
    case .pass: PassRule()
    case .norm: NormRule(stabilizer: stabilizer, distributes: bias == .distribute)
    case .gradient: GradientRule()
    case .zBox:
      bounds.map { BoxRule(model, $0, stabilizer: stabilizer, folded) as any BackwardRule } ?? GradientRule()
    default: linear(rule).map { FoldedRule(rule: $0, folded: folded) as any BackwardRule } ?? GradientRule()
    }
  }

  private func linear(_ rule: PropagationRule) -> (any LinearRule)? {
    switch rule.name {
    case .epsilon: EpsilonRule(epsilon: rule.epsilon ?? epsilon, bias: bias)
    case .zero: ZeroRule(bias: bias)
    case .gamma: GammaRule(gamma: rule.gamma ?? gamma, stabilizer: stabilizer, bias: bias)
    case .alphaBeta: alphaBeta(rule.alpha ?? 2)
    case .zPlus: ZPlusRule(stabilizer: stabilizer, bias: bias)
    case .wSquare: WSquareRule(stabilizer: stabilizer, bias: bias)
    case .flat: FlatRule(stabilizer: stabilizer)
    case .zBox, .pass, .norm, .gradient: nil
    }
  }

  private func alphaBeta(_ alpha: Float) -> AlphaBetaRule {
    AlphaBetaRule(alpha: alpha, beta: alpha - 1, stabilizer: stabilizer, bias: bias)
  }
}

/// The true gradient, for an entry that takes precedence over others.
private struct GradientRule: BackwardRule {
  var reads: RuleReads { .signal }
  func propagate(_ signal: Tensor, through step: Step) -> [Tensor] { step.pullback(signal) }
}

/// A rule for dense layers and convolutions, applied to the layer with the batch normalisation behind it folded in.
///
/// The batch normalisation passes the signal on as it is, so that the signal at the layer's output is that of the
/// folded layer.
private struct FoldedRule: BackwardRule {
  let rule: any LinearRule
  let folded: [NodeID: FoldedNormalization]

  func propagate(_ signal: Tensor, through step: Step) throws -> [Tensor] {
    guard let tape = step.tape, let node = step.node, let fold = folded[node.id], tape.contains(fold.output)
    else { return try rule.propagate(signal, through: step) }
    let whole = Step(name: step.name, layer: fold.layer, inputs: step.inputs, output: tape[fold.output])
    return try rule.propagate(signal, through: whole)
  }
}

/// The z-box rule with the bounds of the model's input, carried through the layers before the one it is applied to.
private struct BoxRule: BackwardRule {
  let model: Model
  /// The least and the greatest image, a batch of two.
  let bounds: Tensor
  let stabilizer: Float
  let folded: [NodeID: FoldedNormalization]

  init(
    _ model: Model, _ bounds: (low: [Float], high: [Float]), stabilizer: Float,
    _ folded: [NodeID: FoldedNormalization]
  ) {
    (self.model, self.stabilizer, self.folded) = (model, stabilizer, folded)
    let shape = model.inputShape.batched(1)
    func image(_ values: [Float]) -> Tensor {
      Tensor(shape: shape) { result in
        for i in 0..<result.count { result[i] = values[i % values.count] }
      }
    }
    self.bounds = Tensor(concatenating: [image(bounds.low), image(bounds.high)])
  }

  func propagate(_ signal: Tensor, through step: Step) throws -> [Tensor] {
    guard let source = step.node?.inputs.first else { return step.pullback(signal) }
    // Layers before the first one rescale and pad; a negative scale changes the order.
    let ends = try model.values(of: [source], for: bounds)[0]
    let rule = ZBoxRule(
      low: ends.sample(0).zip(ends.sample(1), min), high: ends.sample(0).zip(ends.sample(1), max),
      stabilizer: stabilizer)
    return try FoldedRule(rule: rule, folded: folded).propagate(signal, through: step)
  }
}
