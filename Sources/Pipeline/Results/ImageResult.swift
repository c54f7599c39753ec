/// The results of all methods for one image and target.
public struct ImageResult: Sendable {
  /// The image, the target, and the model.
  public let request: ImageRequest
  /// One result for each method, in order.
  public let methods: [MethodResult]
}
