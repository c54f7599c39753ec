internal import Metrics
internal import SaliencyCore

/// One unit of work: a method's answer to a request, and what is still missing of it.
struct UnitWork: Sendable {
  let method: WorkPlan.Method
  let key: Digest
  let missing: ResultStore.Missing

  /// Asks the method and every missing metric; whatever goes wrong becomes part of the result.
  func run(_ request: OpenRequest, plan: WorkPlan, sharedByModel: SharedWork) -> UnitResult {
    let model = request.model.model
    let choice = method.choice
    if let reason = choice.method.unsuitability(for: model) {
      return UnitResult(key: key, outcome: .notApplicable, reason: reason)
    }
    if let layer = choice.layer, (try? model.graph.find(layer)) == nil {
      return UnitResult(key: key, outcome: .notApplicable, reason: "the model has no layer \"\(layer)\"")
    }
    do {
      let variant = try request.variant(
        layer: plan.layer(of: method, in: request.model), score: choice.score)
      let metered = variant.request.metered()
      let attribution = try choice.method.attribution(for: metered)
      var subject = Subject(
        request: variant.request.metered(), method: choice.method, attribution: attribution,
        convention: choice.map, annotations: request.annotations, seed: plan.experiment.seed,
        shared: variant.shared, sharedByModel: sharedByModel)
      subject.batchSize = model.microBatch
      return UnitResult(
        key: key, outcome: .done, passes: metered.passes, matched: attribution.matched,
        defect: subject.map.defect?.rawValue, scores: scores(of: subject, plan: plan),
        map: missing.map ? StoredMap(attribution) : nil)
    } catch {
      return UnitResult(key: key, outcome: .failed, reason: "\(error)")
    }
  }

  private func scores(of subject: Subject, plan: WorkPlan) -> [Digest: ScoreResult] {
    var found: [Digest: ScoreResult] = [:]
    for measure in plan.metrics where missing.metrics.contains(measure.key) {
      do {
        let score = try measure.choice.metric.evaluate(subject)
        found[measure.key] = ScoreResult(outcome: score.isApplicable ? .done : .notApplicable, score: score)
      } catch {
        let failed = Score.notApplicable("\(error)", for: measure.descriptor)
        found[measure.key] = ScoreResult(outcome: .failed, score: failed)
      }
    }
    return found
  }
}

extension StoredMap {
  init(_ attribution: Attribution) {
    self.init(shape: attribution.values.shape.sample.dimensions, values: attribution.values.scalars)
  }

  /// The attribution as the method gave it.
  var attribution: Attribution {
    Attribution(Tensor(shape: Shape(shape).batched(1), scalars: values))
  }
}
