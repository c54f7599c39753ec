/// Other images in place of one image of a request: what noise, paths, masks and perturbations of it need.
///
/// Methods use these and not `targets`, so that they work for every kind of target.
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
    let width = values.shape.sample.count
    return (0..<images.batchSize).map { values[$0 * width + targets[n]] }
  }
}
