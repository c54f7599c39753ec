/// A model, a batch of images, one target for each, and a layer: the input of every method.
///
/// All methods share the tape of one forward pass. A request is a value; methods may read it in parallel.
///
/// Passes are counted by one rule: a request made from another by `with(...)` adds its passes to the count of that request, and
/// `metered()` begins a new count.
public struct AttributionRequest: Sendable {
  /// The network.
  public let model: Model
  /// The preprocessed images, `[N, H, W, C]`.
  public let inputs: Tensor
  /// The target of each image; all read the same node.
  public let targets: [ResolvedTarget]
  /// The node that is explained: the score before the softmax, or the output.
  public let explained: NodeID
  /// The layer that class activation methods look at.
  public let layer: NodeID?
  /// What is saved of the forward pass for all methods together.
  public let reach: Reach
  /// The keys of the noise that stochastic methods draw; nil for those of the images' pixels.
  var heldNoiseKeys: [UInt64]?
  let shared: SharedTape
  let meter: PassMeter

  /// Makes the forward pass of a batch of images.
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - inputs: The preprocessed images, `[N, H, W, C]`.
  ///   - targets: One target for each image, or a single one for all.
  ///   - layer: The name of the layer that class activation methods look at; by default `Model.defaultLayer`.
  ///   - score: What is read of a class for which the target does not say it; by default the score before the softmax, as in
  ///     the papers.
  ///   - reach: What the methods will read, the most of `SaliencyMethod.reach(in:)`; by default everything.
  ///     If a method reads more, the forward pass is made a second time and counted.
  /// - Throws: `GraphError` if the images do not fit the model or there is no such layer; `TargetError` if there is no
  ///   such class or position, or the output holds NaN.
  public init(
    _ model: Model, inputs: Tensor, targets: [Target] = [.top], layer: String? = nil,
    score: ScoreKind = .preSoftmax, reach: Reach = .values
  ) throws {
    if targets.contains(where: \.namesClass) { try model.requireClasses() }
    let found = try layer.map { try model.graph.find($0) } ?? model.defaultLayer
    let shared = try SharedTape(
      model, inputs, outputs: Self.outputs(of: model, model.score, found), layer: found)
    let meter = PassMeter()
    let tape = shared.tape(saving: reach, atFirst: reach, meter)
    try self.init(
      model, inputs, Self.resolved(targets, of: inputs, model, score) { tape[$0] }, layer: found,
      reach: reach, shared: shared, meter: meter)
  }

  init(
    _ model: Model, _ inputs: Tensor, _ targets: [ResolvedTarget], layer: NodeID?, reach: Reach,
    shared: SharedTape, meter: PassMeter
  ) {
    precondition(targets.count == inputs.batchSize, "one target for each image")
    self.model = model
    self.inputs = inputs
    self.targets = targets
    explained = targets.first?.node ?? model.score
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

  /// What is read of a class for which a target does not say it.
  public var score: ScoreKind { targets.first?.score ?? .preSoftmax }

  /// The passes that this request and the requests made from it have made so far.
  public var passes: Passes { meter.total }

  /// The value of a node in the forward pass, `[N]` + its shape.
  ///
  /// Those of the scores, the output, the layer and the last feature map are always saved; any other may be computed again.
  public func activations(at node: NodeID) -> Tensor {
    shared.tape(saving: .layer, atFirst: reach, meter)[node]
  }

  /// The explained score of each image.
  public var scores: [Float] { Self.scores(targets, of: activations(at: explained)) }

  /// The probability of each image's class; nil if the model does not end in a softmax or sigmoid, or a target is not one class.
  public var probabilities: [Float]? {
    let classes = targets.compactMap(\.classIndex)
    guard model.outputKind != .bare, classes.count == targets.count else { return nil }
    let values = activations(at: model.output)
    let width = values.shape.sample.count
    return classes.enumerated().map { values[$0 * width + $1] }
  }

  /// The score of each row of values of the explained node.
  static func scores(_ targets: [ResolvedTarget], of values: Tensor) -> [Float] {
    let width = values.shape.sample.count
    return values.withUnsafeScalars { all in
      targets.enumerated().map { n, target in
        target.score(of: UnsafeBufferPointer(rebasing: all[(n * width)..<((n + 1) * width)]))
      }
    }
  }

  /// The nodes whose values methods are known to read: besides the scores, those of the layer and of the last map.
  static func outputs(of model: Model, _ score: NodeID, _ layer: NodeID?) -> [NodeID] {
    var nodes = [model.output, score]
    for case let id? in [layer, model.lastSpatialNode] where !nodes.contains(id) { nodes.append(id) }
    return nodes
  }

  static func resolved(
    _ targets: [Target], of inputs: Tensor, _ model: Model, _ score: ScoreKind, values: (NodeID) -> Tensor
  ) throws(TargetError) -> [ResolvedTarget] {
    precondition(targets.count == 1 || targets.count == inputs.batchSize, "one target, or one for each image")
    for node in [model.score, model.output] { try requireNumbers(values(node), node, model) }
    let scores = values(model.score)
    var found: [ResolvedTarget] = []
    for n in 0..<inputs.batchSize {
      let target = targets[targets.count == 1 ? 0 : n]
      found.append(try target.resolved(in: model, score: score) { scores.sample(n).scalars })
    }
    if let first = found.first, let other = found.first(where: { $0.node != first.node }) {
      throw .differentScores(first.text(labels: model.labels), other.text(labels: model.labels))
    }
    return found
  }

  private static func requireNumbers(
    _ values: Tensor, _ node: NodeID, _ model: Model
  ) throws(TargetError) {
    let width = values.shape.sample.count
    let scalars = values.scalars
    guard let first = scalars.firstIndex(where: \.isNaN) else { return }
    let row = scalars[(first / width * width)..<(first / width * width + width)]
    throw .notANumber(
      model: model.name, output: model.graph[node].name, count: row.count { $0.isNaN }, classes: width)
  }
}
