internal import Foundation
internal import Metrics
internal import ModelLibrary
internal import SaliencyCore

/// An experiment with its models loaded and its images listed: all that can be wrong with it has been looked for.
public struct RunPlan: Sendable {
  let plan: WorkPlan
  let share: WorkShare
  let options: Runner.Options
  let budget: MemoryBudget
  /// What units hold, by model.
  let units: [UnitMemory]
  let workers: Int

  /// Loads the models and lists the images; no image is opened yet.
  ///
  /// - Parameters:
  ///   - folder: What the experiment's paths are relative to.
  ///   - loadModel: How a model is found; by name or path unless given.
  /// - Throws: `YAMLError` with the line of every model and source of images that cannot be loaded, and of every name that
  ///   none of them has; `RunError` if a model does not fit the memory.
  public init(
    _ experiment: Experiment, folder: String, options: Runner.Options = Runner.Options(),
    loadModel: ((ModelChoice) throws -> BenchModel)? = nil
  ) throws {
    if options.shard != nil { try Self.refuseMemory(experiment) }
    var problems = YAMLProblems()
    experiment.duplicateNames.forEach { problems.note($0) }
    let images =
      problems.read(try ImageSet(experiment.images, folder: folder, seed: experiment.seed).images) ?? []
    var models: [BenchModel] = []
    for choice in experiment.models {
      if let model = choice.loaded {
        models.append(model)
      } else if let loadModel {
        models.append(try loadModel(choice))
      } else if let model = problems.read(try BenchModel(loading: choice, folder: folder)) {
        models.append(model)
      }
    }
    try problems.check()
    try NameCheck(experiment: experiment, models: models, images: images).check()
    try Self.checkLimit(options, models)
    budget = MemoryBudget(
      limit: options.memory,
      reserved: models.reduce(0) { $0 + experiment.metricMemory(of: $1.model) })
    units = try models.map { model in
      let pass = try options.memory.flatMap { _ in try model.model.measuredPass() }
      return UnitMemory(model.model, experiment, pass: pass)
    }
    workers = try Self.fit(&models, units, into: budget, options)
    self.options = options
    plan = WorkPlan(experiment, images: images, models: models)
    share = options.shard.map { [plan] in WorkShare($0, of: plan) } ?? WorkShare(wholeOf: plan)
  }

  /// Refuses models and images in memory, which other processes cannot read.
  private static func refuseMemory(_ experiment: Experiment) throws(RunError) {
    for model in experiment.models where model.loaded != nil {
      throw .shardOfMemory("the model \"\(model.label ?? model.model)\"")
    }
    for source in experiment.images {
      if case .memory(let images) = source.kind { throw .shardOfMemory("\(images.count) images") }
    }
  }

  /// That the models alone leave room: measuring a pass would take more than the limit.
  private static func checkLimit(_ options: Runner.Options, _ models: [BenchModel]) throws(RunError) {
    guard let limit = options.memory, ResidentMemory.now > limit, let model = models.first else { return }
    let need = UnitMemory(pass: model.model.activationCount * MemoryLayout<Float>.stride).need(batch: 1)
    throw .memory(model: model.name, limit: limit, wanted: ResidentMemory.now + need)
  }

  /// Sets the batches by what the process holds now.
  ///
  /// - Returns: How many units may be worked on at once.
  private static func fit(
    _ models: inout [BenchModel], _ units: [UnitMemory], into budget: MemoryBudget, _ options: Runner.Options
  ) throws(RunError) -> Int {
    var workers = options.workers
    Execution.releaseIdleMemory()
    for i in models.indices {
      guard let fit = budget.fit(units[i], most: models[i].model.microBatch, jobs: options.workers) else {
        throw .memory(
          model: models[i].name, limit: options.memory ?? 0,
          wanted: ResidentMemory.now + budget.reserved + units[i].need(batch: 1))
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
        * plan.metrics.reduce(0) { $0 + ($1.covers(image: place.image) ? $1.descriptor.values.count : 0) }
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
        "images: \(plan.images.count)"
          + (WorkPlan.words(crowds: plan.crowdCount).map { ", \($0)" } ?? ""),
        "targets: \(plan.experiment.targets.map(\.description).joined(separator: ", "))",
        "methods: \(plan.methods.count - controls), controls: \(controls), metrics: \(plan.metrics.count)",
        "requests (model, image, target): \(places.count)", "units of work (request, method): \(units)",
        "numbers: \(numbers) at most", "workers: \(workers)",
      ] + costSummary + shardSummary).joined(separator: "\n")
  }
}

/// Why a run cannot begin.
public enum RunError: Error, Equatable, CustomStringConvertible {
  case memory(model: String, limit: Int, wanted: Int)
  /// A shard of an experiment on a model or on images in memory.
  case shardOfMemory(String)

  public var description: String {
    switch self {
    case .memory(let model, let limit, let wanted):
      "--memory: \(limit >> 20) MB are too little for \(model), which needs about \(wanted >> 20) MB with one image "
        + "at a time"
    case .shardOfMemory(let what):
      "shard: found \(what) in memory, expected files, which every process can read. Try a run without shards"
    }
  }
}
