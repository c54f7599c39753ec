/// Requests made from another: other images, other targets, another model.
///
/// Methods use these and do not look into `targets`, so that they work for every kind of target.
extension AttributionRequest {
  /// The request for other images, each explained as image `n` of this request is.
  ///
  /// Its passes count towards this request's.
  /// - Throws: `GraphError` if the images do not fit the model.
  public func with(inputs: Tensor, explainedAs n: Int) throws(GraphError) -> AttributionRequest {
    try with(inputs: inputs, targets: Array(repeating: targets[n], count: inputs.batchSize))
  }

  /// The score that is explained for image `n`, for each of other images; nothing is recorded.
  ///
  /// The images go through the network in one batch; cut them by `Model.microBatch`.
  /// - Throws: `GraphError.badFeed` if the images do not fit the model.
  public func scores(for images: Tensor, explainedAs n: Int) throws(GraphError) -> [Float] {
    let values = try outputs(for: images, at: explained)
    return Self.scores(Array(repeating: targets[n], count: images.batchSize), of: values)
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

  /// The request for other images.
  ///
  /// Its passes count towards this request's. The forward pass is made when something is first read of it, and saves what that
  /// reader needs.
  ///
  /// - Parameters:
  ///   - inputs: The preprocessed images, `[N, H, W, C]`.
  ///   - targets: The target of each; by default those of this request, or its only one for all.
  /// - Throws: `GraphError` if the images do not fit the model.
  public func with(inputs: Tensor, targets: [ResolvedTarget]? = nil) throws(GraphError) -> AttributionRequest
  {
    let targets =
      targets
      ?? (self.targets.count == 1 ? Array(repeating: self.targets[0], count: inputs.batchSize) : self.targets)
    return try copy(of: model, inputs, targets, meter)
  }

  /// The request for the same images and other targets, on the same tape, without another forward pass.
  ///
  /// Its passes count towards this request's.
  ///
  /// - Parameters:
  ///   - targets: One target for each image, or a single one for all.
  ///   - score: What is read of a class for which the target does not say it; by default as in this request.
  /// - Throws: `TargetError` if there is no such class or position.
  public func with(targets: [Target], score: ScoreKind? = nil) throws(TargetError) -> AttributionRequest {
    var copy = AttributionRequest(
      model, inputs,
      try Self.resolved(targets, of: inputs, model, score ?? self.score) { activations(at: $0) },
      layer: layer, reach: reach, shared: shared, meter: meter)
    copy.heldNoiseKeys = heldNoiseKeys
    return copy
  }

  /// The request for the same images and targets in a model with the same nodes, such as one with other weights.
  ///
  /// Its passes are counted by themselves.
  /// - Throws: `GraphError` if the images do not fit the model.
  public func with(model: Model) throws(GraphError) -> AttributionRequest {
    try copy(of: model, inputs, targets, PassMeter())
  }

  /// The request for the same images and another class, of which the same is explained: its logit, its probability.
  ///
  /// Its passes count towards this request's. A new forward pass is made when something is first read of it.
  ///
  /// - Throws: `TargetError` if there is no such class, or a target is not one class; `GraphError`.
  public func with(classIndex: Int) throws -> AttributionRequest {
    var changed: [ResolvedTarget] = []
    for target in targets {
      guard target.classIndex != nil else {
        throw TargetError.notOneClass(target.text(labels: model.labels))
      }
      let other = try target.target.mapLeaves { _ in .index(classIndex) }
      changed.append(
        try other.resolved(in: model, score: target.score) {
          Array(repeating: 0, count: model.classCount)
        })
    }
    return try with(inputs: inputs, targets: changed)
  }

  /// The same request with a new count of passes, which begins at 0: the shared forward pass is not in it.
  public func metered() -> AttributionRequest {
    var copy = AttributionRequest(
      model, inputs, targets, layer: layer, reach: reach, shared: shared, meter: PassMeter())
    copy.heldNoiseKeys = heldNoiseKeys
    return copy
  }

  private func copy(
    of model: Model, _ inputs: Tensor, _ targets: [ResolvedTarget], _ meter: PassMeter
  ) throws(GraphError) -> AttributionRequest {
    let shared = try SharedTape(
      model, inputs, outputs: Self.outputs(of: model, explained, layer), layer: layer)
    return AttributionRequest(
      model, inputs, targets, layer: layer, reach: reach, shared: shared, meter: meter)
  }
}
