internal import Foundation
internal import SaliencyCore

/// An experiment with its models loaded and its images listed: all that can be wrong with it has been looked for.
public struct RunPlan: Sendable {
  let plan: WorkPlan
  let share: WorkShare
  let options: Runner.Options
  let budget: MemoryBudget
  let workers: Int

  /// Loads the models and lists the images; no picture is opened yet.
  ///
  /// - Parameters:
  ///   - folder: What the experiment's paths are relative to.
  ///   - loadModel: How a model is found; by name or path unless given.
  /// - Throws: `YAMLError` with the line where a model or the images cannot be loaded; `RunError` where a model does not
  ///   fit the memory.
  public init(
    _ experiment: Experiment, folder: String, options: Runner.Options = Runner.Options(),
    loadModel: ((ModelChoice) throws -> BenchModel)? = nil
  ) throws {
    let images = try ImageSet(experiment.images, folder: folder, seed: experiment.seed).images
    var models = try experiment.models.map {
      try loadModel?($0) ?? BenchModel(loading: $0, folder: folder)
    }
    budget = MemoryBudget(limit: options.memory)
    try Self.fit(&models, into: budget, options)
    if options.memory != nil {
      // What a network holds beside its weights shows once it has been used: kernels keep these in forms of their own.
      for model in models { try model.model.rehearse() }
    }
    workers = try Self.fit(&models, into: budget, options)
    self.options = options
    plan = WorkPlan(experiment, images: images, models: models)
    share = options.shard.map { [plan] in WorkShare($0, of: plan) } ?? WorkShare(wholeOf: plan)
  }

  /// Sets the batches by what the process holds now.
  ///
  /// - Returns: How many units may be worked on at once.
  @discardableResult
  private static func fit(
    _ models: inout [BenchModel], into budget: MemoryBudget, _ options: Runner.Options
  ) throws(RunError) -> Int {
    var workers = options.workers
    for i in models.indices {
      guard let fit = budget.fit(models[i].model, jobs: options.workers) else {
        throw .memory(
          model: models[i].name, limit: options.memory ?? 0,
          wanted: ResidentMemory.now + MemoryBudget.need(of: models[i].model, batch: 1))
      }
      models[i].model.batchLimit = fit.batch
      workers = min(workers, fit.units)
    }
    return workers
  }

  /// What would be done, in words.
  public var summary: String {
    let places = plan.places
    let units = places.count * plan.methods.count
    let numbers = places.reduce(0) { sum, place in
      sum + plan.methods.count
        * plan.metrics.reduce(0) { $0 + ($1.isAsked(about: place.image) ? $1.descriptor.values.count : 0) }
    }
    let models = plan.models.map { model in
      "  \(model.name): input \(model.model.inputShape), \(model.model.classCount) classes, layer "
        + "\(model.layer ?? "none"), batches of \(model.model.microBatch)"
    }
    let controls = plan.methods.count(where: \.isControl)
    return
      ([
        "\(plan.experiment.name)", "models:",
      ] + models + [
        "images: \(plan.images.count)",
        "targets: \(plan.experiment.targets.map(\.description).joined(separator: ", "))",
        "methods: \(plan.methods.count - controls), controls: \(controls), metrics: \(plan.metrics.count)",
        "questions (model, image, target): \(places.count)", "units of work (question, method): \(units)",
        "numbers: \(numbers) at most", "workers: \(workers)",
      ] + costSummary + shardSummary).joined(separator: "\n")
  }
}

/// Why a run cannot begin.
public enum RunError: Error, Equatable, CustomStringConvertible {
  case memory(model: String, limit: Int, wanted: Int)

  public var description: String {
    switch self {
    case .memory(let model, let limit, let wanted):
      "--memory: \(limit >> 20) MB are too little for \(model), which needs about \(wanted >> 20) MB with one image "
        + "at a time"
    }
  }
}
