/// A model, a batch of images, one target class for each, and a layer: the input of every method.
///
/// All methods share the tape of one forward pass. A request is a value; methods may read it in parallel.
///
/// Passes are counted by one rule: a request made from another by `with(inputs:targets:)` or `with(targets:)` adds its passes to
/// the count of that request, and `metered()` begins a new count.
public struct AttributionRequest: Sendable {
  /// The network.
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
  /// The keys of the noise that stochastic methods draw; nil for those of the images' pixels.
  var heldNoiseKeys: [UInt64]?
  private let shared: SharedTape
  let meter: PassMeter

  /// Makes the forward pass of a batch of images.
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - inputs: The preprocessed images, `[N, H, W, C]`.
  ///   - targets: One target for each image, or a single one for all.
  ///   - layer: The name of the layer that class activation methods look at; by default `Model.defaultLayer`.
  ///   - score: What is explained; by default the score before the softmax, as in the papers.
  ///   - reach: What the methods will read, the most of `SaliencyMethod.reach(in:)`; by default everything.
  ///     If a method reads more, the forward pass is made a second time and counted.
  /// - Throws: `GraphError` if the images do not fit the model or there is no such layer; `TargetError` if there is no
  ///   such class, the output is no row of class scores, or it holds NaN.
  public init(
    _ model: Model, inputs: Tensor, targets: [Target] = [.top], layer: String? = nil,
    score: ScoreKind = .preSoftmax, reach: Reach = .values
  ) throws {
    try model.requireClasses()
    let found = try layer.map { try model.graph.find($0) } ?? model.defaultLayer
    let shared = try SharedTape(
      model, inputs, outputs: Self.outputs(of: model, model.score, found), layer: found)
    let meter = PassMeter()
    let tape = shared.tape(saving: reach, atFirst: reach, meter)
    let classes = try Self.resolved(targets, of: inputs, model) { tape[$0] }
    self.init(
      model: model, inputs: inputs, targets: classes,
      explained: score == .output ? model.output : model.score,
      layer: found, reach: reach, shared: shared, meter: meter)
  }

  private init(
    model: Model, inputs: Tensor, targets: [Int], explained: NodeID, layer: NodeID?, reach: Reach,
    shared: SharedTape, meter: PassMeter
  ) {
    self.model = model
    self.inputs = inputs
    self.targets = targets
    self.explained = explained
    self.layer = layer
    self.reach = reach
    self.shared = shared
    self.meter = meter
  }

  /// The record of the forward pass, with what `reach` reads saved.
  ///
  /// `pullback(to:)` and then `activations(at:)` save less: no more than they read.
  public var tape: Tape { shared.tape(saving: reach, atFirst: reach, meter) }

  /// The tape as it is; nil if nothing was read of it yet.
  var recordedTape: Tape? { shared.recorded }

  /// The nodes whose values methods are known to read: besides the scores, those of the layer and of the last map.
  private static func outputs(of model: Model, _ score: NodeID, _ layer: NodeID?) -> [NodeID] {
    var nodes = [model.output, score]
    for case let id? in [layer, model.lastSpatialNode] where !nodes.contains(id) { nodes.append(id) }
    return nodes
  }

  /// The request for other images.
  ///
  /// Its passes count towards this request's. The forward pass is made when something is first read of it, and saves what that
  /// reader needs.
  ///
  /// - Parameters:
  ///   - inputs: The preprocessed images, `[N, H, W, C]`.
  ///   - targets: The class of each; by default those of this request, or its only one for all.
  /// - Throws: `GraphError` if the images do not fit the model.
  public func with(inputs: Tensor, targets: [Int]? = nil) throws(GraphError) -> AttributionRequest {
    let classes =
      targets
      ?? (self.targets.count == 1 ? Array(repeating: self.targets[0], count: inputs.batchSize) : self.targets)
    precondition(classes.count == inputs.batchSize, "one class for each image")
    let shared = try SharedTape(
      model, inputs, outputs: Self.outputs(of: model, explained, layer), layer: layer)
    return AttributionRequest(
      model: model, inputs: inputs, targets: classes, explained: explained, layer: layer, reach: reach,
      shared: shared, meter: meter)
  }

  /// The request for the same images and other classes, on the same tape, without another forward pass.
  ///
  /// Its passes count towards this request's.
  ///
  /// - Parameter targets: One target for each image, or a single one for all.
  /// - Throws: `TargetError` if there is no such class.
  public func with(targets: [Target]) throws(TargetError) -> AttributionRequest {
    var copy = AttributionRequest(
      model: model, inputs: inputs,
      targets: try Self.resolved(targets, of: inputs, model) { activations(at: $0) },
      explained: explained, layer: layer, reach: reach, shared: shared, meter: meter)
    copy.heldNoiseKeys = heldNoiseKeys
    return copy
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

  /// The same request with a new count of passes, which begins at 0: the shared forward pass is not in it.
  public func metered() -> AttributionRequest {
    var copy = AttributionRequest(
      model: model, inputs: inputs, targets: targets, explained: explained, layer: layer, reach: reach,
      shared: shared, meter: PassMeter())
    copy.heldNoiseKeys = heldNoiseKeys
    return copy
  }

  /// The passes that this request and the requests made from it have made so far.
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
  /// A backward pass from the explained scores: the signals at the given nodes.
  ///
  /// - Parameters:
  ///   - nodes: The nodes whose signals are returned; the backward pass stops there.
  ///   - rules: How to pass each layer.
  ///   - seed: The signal at the explained node, of the shape of its value; by default 1 at each image's class.
  /// - Throws: `GraphError.ruleMatchedNothing` if the rules, or a required one, found no layer to apply to; `RuleError` if a
  ///   rule returned no signal at a layer's inputs; what a rule throws.
  public func pullback(
    to nodes: [NodeID], rules: RuleMap = .gradient, seed: Tensor? = nil
  ) throws -> BackwardResult {
    // The first backward pass decides what is saved: what it reads itself, and what a gradient at the pixels reads, which
    // often follows.
    let need = need(of: nodes, rules)
    let tape = shared.tape(saving: need, atFirst: min(reach, .pixels), meter)
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
    shared.tape(saving: .layer, atFirst: reach, meter)[node]
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
