/// A question to a model: why these scores for these images.
///
/// A batch of inputs with one class each, and the tape of one forward pass that all methods share. A value:
/// methods read it, in parallel if need be, and change nothing.
public struct Explanation: Sendable {
  public let model: Model
  /// The preprocessed images, `[N, H, W, C]`.
  public let inputs: Tensor
  /// The class asked about, for each image.
  public let targets: [Int]
  /// The node that is explained: the score before the softmax, or the output.
  public let explained: NodeID
  /// The layer that class activation methods look at.
  public let layer: NodeID?
  /// How far back methods are expected to look.
  public let reach: Reach
  /// What happened in the forward pass.
  public let tape: Tape
  let meter: PassMeter

  /// Asks about a batch of images.
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - inputs: The preprocessed images, `[N, H, W, C]`.
  ///   - targets: One target for each image, or a single one for all.
  ///   - layer: The name of the layer that class activation methods look at; by default `Model.defaultLayer`.
  ///   - score: What is explained; the papers' score before the softmax unless asked otherwise.
  ///   - reach: How far back the methods look that will be asked (`SaliencyMethod.reach`). One that looks further gets its
  ///     answer by a second forward pass, which is not counted.
  /// - Throws: `GraphError` where the images do not fit the model or there is no such layer; `TargetError` if there is no
  ///   such class, the output is no row of class scores, or it holds NaN.
  public init(
    _ model: Model, inputs: Tensor, targets: [Target] = [.top], layer: String? = nil,
    score: ScoreKind = .preSoftmax, reach: Reach = .pixels
  ) throws {
    try model.requireClasses()
    let found = try layer.map { try model.graph.find($0) } ?? model.defaultLayer
    let tape = try model.record(
      inputs, upTo: Self.outputs(of: model, model.score, found), from: reach.end(at: found, in: model))
    let classes = try Self.resolved(targets, of: inputs, tape, model)
    self.init(
      model: model, inputs: inputs, targets: classes,
      explained: score == .output ? model.output : model.score,
      layer: found, reach: reach, tape: tape, meter: PassMeter())
    meter.add(forward: inputs.batchSize)
  }

  private init(
    model: Model, inputs: Tensor, targets: [Int], explained: NodeID, layer: NodeID?, reach: Reach,
    tape: Tape, meter: PassMeter
  ) {
    self.model = model
    self.inputs = inputs
    self.targets = targets
    self.explained = explained
    self.layer = layer
    self.reach = reach
    self.tape = tape
    self.meter = meter
  }

  /// The nodes whose values methods are known to read: besides the scores, those of the layer and of the last map.
  private static func outputs(of model: Model, _ score: NodeID, _ layer: NodeID?) -> [NodeID] {
    var nodes = [model.output, score]
    for case let id? in [layer, model.lastSpatialNode] where !nodes.contains(id) { nodes.append(id) }
    return nodes
  }

  /// The same question about other images of the same classes; its passes count towards this one's.
  ///
  /// - Parameters:
  ///   - inputs: The images.
  ///   - targets: The class of each; by default those of this question, or its only one for all.
  /// - Throws: `GraphError` where the images do not fit the model.
  public func asked(about inputs: Tensor, targets: [Int]? = nil) throws(GraphError) -> Explanation {
    let classes =
      targets
      ?? (self.targets.count == 1 ? Array(repeating: self.targets[0], count: inputs.batchSize) : self.targets)
    precondition(classes.count == inputs.batchSize, "one class for each image")
    let tape = try model.record(
      inputs, upTo: Self.outputs(of: model, explained, layer), from: reach.end(at: layer, in: model))
    meter.add(forward: inputs.batchSize)
    return Explanation(
      model: model, inputs: inputs, targets: classes, explained: explained, layer: layer, reach: reach,
      tape: tape, meter: meter)
  }

  /// The same question about the same images and other classes: the tape is the same, so it costs no pass.
  ///
  /// - Parameter targets: One target for each image, or a single one for all.
  /// - Throws: `TargetError` where there is no such class.
  public func asked(of targets: [Target]) throws(TargetError) -> Explanation {
    Explanation(
      model: model, inputs: inputs,
      targets: try Self.resolved(targets, of: inputs, tape, model),
      explained: explained, layer: layer, reach: reach, tape: tape, meter: PassMeter())
  }

  private static func resolved(
    _ targets: [Target], of inputs: Tensor, _ tape: Tape, _ model: Model
  ) throws(TargetError) -> [Int] {
    precondition(targets.count == 1 || targets.count == inputs.batchSize, "one target, or one for each image")
    for node in [model.score, model.output] {
      let values = tape[node].scalars
      guard let first = values.firstIndex(where: \.isNaN) else { continue }
      let width = model.classCount
      let row = values[(first / width * width)..<(first / width * width + width)]
      throw .notANumber(
        model: model.name, output: model.graph[node].name, count: row.count { $0.isNaN }, classes: width)
    }
    let scores = tape[model.score]
    var classes: [Int] = []
    for n in 0..<inputs.batchSize {
      let target = targets[targets.count == 1 ? 0 : n]
      classes.append(try target.resolved(scores: scores.sample(n).scalars, labels: model.labels))
    }
    return classes
  }

  /// The same question with a count of passes of its own, the forward pass that is shared not counted.
  public func metered() -> Explanation {
    Explanation(
      model: model, inputs: inputs, targets: targets, explained: explained, layer: layer, reach: reach,
      tape: tape, meter: PassMeter())
  }

  /// The passes made on behalf of this question so far.
  public var passes: Passes { meter.total }

  /// The explained score of each image.
  public var scores: [Float] {
    let values = tape[explained]
    let width = values.shape.sample.count
    return targets.enumerated().map { values[$0 * width + $1] }
  }

  /// The probability of each image's class; nil if the model does not end in a softmax or sigmoid.
  public var probabilities: [Float]? {
    guard model.outputKind != .bare else { return nil }
    let values = tape[model.output]
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

extension Explanation {
  /// The gradients of the explained scores, pulled back by `rules`, at the given nodes.
  ///
  /// - Parameters:
  ///   - nodes: Where the cotangents are wanted; the walk stops there.
  ///   - rules: How to pass each layer.
  /// - Throws: `GraphError.ruleMatchedNothing` where a rule found no layer to apply to.
  public func pullback(to nodes: [NodeID], rules: RuleMap = .gradient) throws(GraphError) -> Cotangents {
    let cotangents = tape.pullback([explained: seed], to: nodes, rules: rules)
    meter.add(backward: inputs.batchSize)
    try cotangents.requireMatches(rules)
    return cotangents
  }

  /// 1 at each image's class, 0 elsewhere.
  var seed: Tensor {
    let shape = tape[explained].shape
    let width = shape.sample.count
    var seed = Tensor(repeating: 0, shape: shape)
    seed.withUnsafeMutableScalars { for (n, target) in targets.enumerated() { $0[n * width + target] = 1 } }
    return seed
  }

  /// The gradient of each image's score with respect to its pixels (zero where it does not depend on them).
  public func inputGradient(rules: RuleMap = .gradient) throws(GraphError) -> (Tensor, matches: Int) {
    let found = try pullback(to: [model.input], rules: rules)
    return (found[model.input] ?? Tensor(repeating: 0, shape: inputs.shape), found.matches.reduce(0, +))
  }
}
