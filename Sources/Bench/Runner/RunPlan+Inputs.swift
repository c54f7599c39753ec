extension RunPlan {
  /// The paths of the images and models that the run reads.
  public var inputFiles: [String] { plan.images.map(\.path) + plan.models.flatMap(\.files) }

  /// What looks wrong about a model's input, and what to try.
  public var warnings: [String] { plan.models.compactMap(\.warning) }
}
