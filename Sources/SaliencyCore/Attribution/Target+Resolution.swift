extension Target {
  /// The target in a model, for one image.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - score: What is read of a class or position for which the target does not say it.
  ///   - scores: The model's scores for the image, which decide what ranks mean.
  /// - Throws: `TargetError` if the model has no such class, position, or probability; if the output is a map or a list, and the
  ///   target names no position.
  public func resolved(
    in model: Model, score: ScoreKind = .preSoftmax, scores: () -> [Float]
  ) throws(TargetError) -> ResolvedTarget {
    let fixed = try mapLeaves { leaf throws(TargetError) in
      if case .position = leaf { return leaf }
      try model.requireClasses()
      return .index(try leaf.resolved(scores: scores(), labels: model.labels))
    }
    let value = try fixed.value(in: model, score)
    return ResolvedTarget(
      target: fixed, score: score, node: value.node, terms: value.terms, transform: value.transform,
      record: fixed.recorded(score, model))
  }

  /// A number of a node.
  private struct Value {
    var node: NodeID
    var terms: [ResolvedTarget.Term]
    var transform = ResolvedTarget.Transform.identity

    init(_ node: NodeID, _ index: Int) {
      self.node = node
      terms = [ResolvedTarget.Term(index: index, weight: 1)]
    }
  }

  private func value(in model: Model, _ score: ScoreKind) throws(TargetError) -> Value {
    switch self {
    case .rank, .label: throw .notOneClass(text)
    case .index where score == .loss, .position where score == .loss:
      return try Target.negativeLogProbability(self).value(in: model, .preSoftmax)
    case .index(let index): return Value(model.node(of: score), index)
    case .position(let coordinates):
      let node = model.node(of: score)
      return Value(node, try model.index(of: coordinates, at: node))
    case .logit(let inner): return try only(inner).value(in: model, .preSoftmax)
    case .output(let inner): return try only(inner).value(in: model, .output)
    case .probability(let inner):
      if model.outputKind != .bare { return try only(inner).value(in: model, .output) }
      var value = try only(inner).value(in: model, .preSoftmax)
      value.transform = .softmax(over: try line(of: value, in: model))
      return value
    case .negativeLogProbability(let inner):
      var value = try only(inner).value(in: model, .preSoftmax)
      value.transform =
        model.outputKind == .sigmoid
        ? .negativeLogSigmoid : .negativeLogSoftmax(over: try line(of: value, in: model))
      return value
    case .difference(let first, let second, let weight):
      return try sum([(first, 1), (second, -weight)], model, score)
    case .mean(let parts): return try sum(parts.map { ($0, 1 / Float(parts.count)) }, model, score)
    }
  }

  /// The one class or position of a function.
  private func only(_ inner: Target) throws(TargetError) -> Target {
    switch inner {
    case .index, .position: return inner
    default: throw .malformed(text, reason: "expected one class or one position in the brackets")
    }
  }

  private func sum(
    _ parts: [(target: Target, weight: Float)], _ model: Model, _ score: ScoreKind
  ) throws(TargetError) -> Value {
    var sum: Value?
    for part in parts {
      let value = try part.target.value(in: model, score)
      guard value.transform == .identity, value.node == sum?.node ?? value.node else {
        throw .malformed(text, reason: "expected logits only, or values of the model's output only")
      }
      var terms = sum?.terms ?? []
      for term in value.terms {
        let weight = term.weight * part.weight
        if let known = terms.firstIndex(where: { $0.index == term.index }) {
          terms[known] = ResolvedTarget.Term(index: term.index, weight: terms[known].weight + weight)
        } else {
          terms.append(ResolvedTarget.Term(index: term.index, weight: weight))
        }
      }
      sum = value
      sum?.terms = terms
    }
    guard let sum else { throw .malformed(text, reason: "expected at least one target in the brackets") }
    return sum
  }

  /// The values that are normalised together with one.
  private func line(of value: Value, in model: Model) throws(TargetError) -> ResolvedTarget.Line {
    let shape = model.graph[value.node].shape
    let axis = shape.rank + model.softmaxAxis
    let count = axis >= 0 ? shape[axis] : 1
    guard count > 1 else { throw .noProbability(text, model: model.name) }
    let stride = shape.dimensions[(axis + 1)...].reduce(1, *)
    let place = value.terms[0].index
    return ResolvedTarget.Line(
      start: place - (place / stride % count) * stride, stride: stride, count: count)
  }

  /// The target with what is read of each class written out.
  private func recorded(_ score: ScoreKind, _ model: Model) -> Target {
    switch self {
    case .index, .position:
      if score == .preSoftmax { return .logit(self) }
      if score == .loss { return .negativeLogProbability(self) }
      return model.outputKind == .bare ? .output(self) : .probability(self)
    case .difference(let first, let second, let weight) where score == .output:
      return .difference(first.recorded(score, model), second.recorded(score, model), weight: weight)
    case .mean(let parts) where score == .output: return .mean(parts.map { $0.recorded(score, model) })
    default: return self
    }
  }
}

extension Model {
  /// The node that a kind of score is read at; the loss is computed from the logits.
  func node(of kind: ScoreKind) -> NodeID { kind == .output ? output : score }

  /// The axis of the final softmax, counted from the end; the last if there is none.
  fileprivate var softmaxAxis: Int {
    var id = output
    while id != score, let layer = graph[id].layer, let source = graph[id].inputs.first {
      if let softmax = layer as? Softmax { return softmax.axis }
      id = source
    }
    return -1
  }

  /// The place of a position among a node's values.
  fileprivate func index(of coordinates: [Int], at node: NodeID) throws(TargetError) -> Int {
    let shape = graph[node].shape
    let isInside = zip(coordinates, shape.dimensions).allSatisfy { (0..<$1).contains($0) }
    guard coordinates.count == shape.rank, isInside else {
      throw .noPosition(coordinates, model: name, output: graph[node].name, shape: shape)
    }
    return zip(coordinates, shape.dimensions).reduce(0) { $0 * $1.1 + $1.0 }
  }

  /// A target that every model has: the first class, or the first position.
  package var anyTarget: Target {
    let shape = graph[score].shape
    return shape.isFlat && graph[output].shape.isFlat
      ? .index(0) : .position(Array(repeating: 0, count: shape.rank))
  }
}
