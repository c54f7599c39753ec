/// A request to a model: why these scores for these images.
///
/// A batch of inputs with one class each, and the tape of one forward pass that all methods share. A value:
/// methods read it, in parallel if need be, and change nothing.
public struct AttributionRequest: Sendable {
  public let model: Model
  /// The preprocessed images, `[N, H, W, C]`.
  public let inputs: Tensor
  /// The class that is explained, for each image.
  public let targets: [Int]
  /// The node that is explained: the score before the softmax, or the output.
  public let explained: NodeID
  /// The layer that class activation methods look at.
  public let layer: NodeID?
  /// What is saved of the forward pass for all methods together.
  public let reach: Reach
  private let recording: Recording
  let meter: PassMeter

  /// Requests explanations of a batch of images, and makes the forward pass.
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - inputs: The preprocessed images, `[N, H, W, C]`.
  ///   - targets: One target for each image, or a single one for all.
  ///   - layer: The name of the layer that class activation methods look at; by default `Model.defaultLayer`.
  ///   - score: What is explained; the papers' score before the softmax unless asked otherwise.
  ///   - reach: What the methods read that will be asked, the most of `SaliencyMethod.reach(in:)`; by default everything.
  ///     One that reads more gets its answer by a second forward pass, which is counted.
  /// - Throws: `GraphError` if the images do not fit the model or there is no such layer; `TargetError` if there is no
  ///   such class, the output is no row of class scores, or it holds NaN.
  public init(
    _ model: Model, inputs: Tensor, targets: [Target] = [.top], layer: String? = nil,
    score: ScoreKind = .preSoftmax, reach: Reach = .values
  ) throws {
    try model.requireClasses()
    let found = try layer.map { try model.graph.find($0) } ?? model.defaultLayer
    let recording = try Recording(
      model, inputs, outputs: Self.outputs(of: model, model.score, found), layer: found)
    let meter = PassMeter()
    let tape = recording.tape(for: reach, atFirst: reach, meter)
    let classes = try Self.resolved(targets, of: inputs, model) { tape[$0] }
    self.init(
      model: model, inputs: inputs, targets: classes,
      explained: score == .output ? model.output : model.score,
      layer: found, reach: reach, recording: recording, meter: meter)
  }

  private init(
    model: Model, inputs: Tensor, targets: [Int], explained: NodeID, layer: NodeID?, reach: Reach,
    recording: Recording, meter: PassMeter
  ) {
    self.model = model
    self.inputs = inputs
    self.targets = targets
    self.explained = explained
    self.layer = layer
    self.reach = reach
    self.recording = recording
    self.meter = meter
  }

  /// The record of the forward pass, with what `reach` reads saved.
  ///
  /// A method does better with `pullback(to:)` first and `activations(at:)` after it, which save no more than they read.
  public var tape: Tape { recording.tape(for: reach, atFirst: reach, meter) }

  /// The tape as it is; nil if nothing was read of it yet.
  var recordedTape: Tape? { recording.recorded }

  /// The nodes whose values methods are known to read: besides the scores, those of the layer and of the last map.
  private static func outputs(of model: Model, _ score: NodeID, _ layer: NodeID?) -> [NodeID] {
    var nodes = [model.output, score]
    for case let id? in [layer, model.lastSpatialNode] where !nodes.contains(id) { nodes.append(id) }
    return nodes
  }

  /// The same request about other images of the same classes; its passes count towards this one's.
  ///
  /// The forward pass is made when something is first read of it, and saves what that reader needs.
  ///
  /// - Parameters:
  ///   - inputs: The images.
  ///   - targets: The class of each; by default those of this request, or its only one for all.
  /// - Throws: `GraphError` where the images do not fit the model.
  public func asked(about inputs: Tensor, targets: [Int]? = nil) throws(GraphError) -> AttributionRequest {
    let classes =
      targets
      ?? (self.targets.count == 1 ? Array(repeating: self.targets[0], count: inputs.batchSize) : self.targets)
    precondition(classes.count == inputs.batchSize, "one class for each image")
    let recording = try Recording(
      model, inputs, outputs: Self.outputs(of: model, explained, layer), layer: layer)
    return AttributionRequest(
      model: model, inputs: inputs, targets: classes, explained: explained, layer: layer, reach: reach,
      recording: recording, meter: meter)
  }

  /// The same request about the same images and other classes: the tape is the same, so it costs no pass.
  ///
  /// - Parameter targets: One target for each image, or a single one for all.
  /// - Throws: `TargetError` where there is no such class.
  public func asked(of targets: [Target]) throws(TargetError) -> AttributionRequest {
    AttributionRequest(
      model: model, inputs: inputs,
      targets: try Self.resolved(targets, of: inputs, model) { activations(at: $0) },
      explained: explained, layer: layer, reach: reach, recording: recording, meter: PassMeter())
  }

  private static func resolved(
    _ targets: [Target], of inputs: Tensor, _ model: Model, values: (NodeID) -> Tensor
  ) throws(TargetError) -> [Int] {
    precondition(targets.count == 1 || targets.count == inputs.batchSize, "one target, or one for each image")
    for node in [model.score, model.output] {
      let values = values(node).scalars
      guard let first = values.firstIndex(where: \.isNaN) else { continue }
      let width = model.classCount
      let row = values[(first / width * width)..<(first / width * width + width)]
      throw .notANumber(
        model: model.name, output: model.graph[node].name, count: row.count { $0.isNaN }, classes: width)
    }
    let scores = values(model.score)
    var classes: [Int] = []
    for n in 0..<inputs.batchSize {
      let target = targets[targets.count == 1 ? 0 : n]
      classes.append(try target.resolved(scores: scores.sample(n).scalars, labels: model.labels))
    }
    return classes
  }

  /// The same request with a count of passes of its own, the forward pass that is shared not counted.
  public func metered() -> AttributionRequest {
    AttributionRequest(
      model: model, inputs: inputs, targets: targets, explained: explained, layer: layer, reach: reach,
      recording: recording, meter: PassMeter())
  }

  /// The passes made on behalf of this request so far.
  public var passes: Passes { meter.total }

  /// The explained score of each image.
  public var scores: [Float] {
    let values = activations(at: explained)
    let width = values.shape.sample.count
    return targets.enumerated().map { values[$0 * width + $1] }
  }

  /// The probability of each image's class; nil if the model does not end in a softmax or sigmoid.
  public var probabilities: [Float]? {
    guard model.outputKind != .bare else { return nil }
    let values = activations(at: model.output)
    let width = values.shape.sample.count
    return targets.enumerated().map { values[$0 * width + $1] }
  }
}

/// What is differentiated.
public enum ScoreKind: String, Sendable, Codable, CaseIterable {
  /// The target's score before the final softmax or sigmoid.
  case preSoftmax = "pre-softmax"
  /// The model's output as it is.
  case output
}

extension AttributionRequest {
  /// The gradients of the explained scores, pulled back by `rules`, at the given nodes.
  ///
  /// - Parameters:
  ///   - nodes: Where the signals are wanted; the backward pass stops there.
  ///   - rules: How to pass each layer.
  ///   - seed: The signal at the explained node, of the shape of its value; by default 1 at each image's class.
  /// - Throws: `GraphError.ruleMatchedNothing` if the rules, or a required one, found no layer to apply to; `RuleError` if a
  ///   rule returned no signal at a layer's inputs; what a rule throws.
  public func pullback(
    to nodes: [NodeID], rules: RuleMap = .gradient, seed: Tensor? = nil
  ) throws -> BackwardResult {
    // A backward pass says what is read. If it is the first reader, no more is saved, but for another gradient, which often
    // follows.
    let need = need(of: nodes, rules)
    let tape = recording.tape(for: need, atFirst: min(reach, .pixels), meter)
    let found = try tape.pullback([explained: seed ?? targetSeed], to: nodes, rules: rules)
    meter.add(backward: inputs.batchSize)
    try found.requireMatches(rules)
    return found
  }

  /// What a backward pass to some nodes reads of the forward pass.
  private func need(of nodes: [NodeID], _ rules: RuleMap) -> Reach {
    if rules.reads == .values { return .values }
    if nodes == [model.input] { return .pixels }
    if nodes.map(Optional.some) == [layer] { return .layer }
    let graph = model.graph
    let (isOnPath, isReached) = (graph.descendants(of: nodes), graph.ancestors(of: [explained]))
    let isSaved = graph.descendants(of: layer.map { [$0] } ?? [])
    // What affine layers pass back depends on no activation.
    let readsMore = graph.nodes.contains { node in
      let index = node.id.index
      return isOnPath[index] && isReached[index] && !isSaved[index] && !node.isAffine
        && !nodes.contains(node.id)
    }
    return readsMore ? .pixels : .layer
  }

  /// The value of a node in the forward pass, `[N]` + its shape.
  ///
  /// Those of the scores, the output, the layer and the last feature map are always saved; any other may be computed again.
  public func activations(at node: NodeID) -> Tensor {
    recording.tape(for: .layer, atFirst: reach, meter)[node]
  }

  /// The values of a node for other images of the input's shape, `[N]` + the node's shape; nothing is recorded.
  ///
  /// Its passes count towards this request's.
  /// - Throws: `GraphError.badFeed` if the images do not fit the model.
  public func outputs(for images: Tensor, at node: NodeID) throws(GraphError) -> Tensor {
    let values = try model.values(of: [node], for: images)
    meter.add(forward: images.batchSize)
    return values[0]
  }

  /// 1 at each image's class, 0 elsewhere.
  private var targetSeed: Tensor {
    let shape = model.graph[explained].shape.batched(inputs.batchSize)
    let width = shape.sample.count
    var seed = Tensor(repeating: 0, shape: shape)
    seed.withUnsafeMutableScalars { for (n, target) in targets.enumerated() { $0[n * width + target] = 1 } }
    return seed
  }

  /// The gradient of each image's score with respect to its pixels (zero if it does not depend on them).
  public func inputGradient(rules: RuleMap = .gradient) throws -> (Tensor, matches: Int) {
    let found = try pullback(to: [model.input], rules: rules)
    return (found[model.input] ?? Tensor(repeating: 0, shape: inputs.shape), found.matches.reduce(0, +))
  }
}
