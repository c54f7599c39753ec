/// The callbacks of a ``SaliencyPipeline``.
///
/// Every one is called on the thread that runs the pipeline.
public struct PipelineHandlers {
  /// Called before each method.
  public var progress: (PipelineProgress) -> Void
  /// Called with each warning about the model's input, once for each different sentence.
  public var warning: (String) -> Void
  /// Called before each image and each method.
  ///
  /// The run ends with `CancellationError` if it returns true.
  public var isCancelled: () -> Bool

  /// - Parameters: - progress: Called before each method. - warning: Called with each warning about the model's
  /// input. - isCancelled: Whether to end the run.
  ///
  /// By default, whether the current task is cancelled.
  public init(
    progress: @escaping (PipelineProgress) -> Void = { _ in },
    warning: @escaping (String) -> Void = { _ in },
    isCancelled: @escaping () -> Bool = { Task.isCancelled }
  ) {
    self.progress = progress
    self.warning = warning
    self.isCancelled = isCancelled
  }

  /// - Throws: `CancellationError` if the run is cancelled.
  func checkCancellation() throws { if isCancelled() { throw CancellationError() } }
}

/// The progress of a ``SaliencyPipeline``.
public struct PipelineProgress: Sendable, Equatable {
  /// The number of maps that are finished.
  public let done: Int
  /// The number of maps of the run.
  public let total: Int
  /// The name of the current image.
  public let image: String
  /// The title of the current method.
  public let method: String
}
