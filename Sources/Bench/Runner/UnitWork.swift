internal import Metrics
internal import SaliencyCore

/// One unit of work: one method for one request, with the metrics that are missing.
struct UnitWork: Sendable {
  let method: WorkPlan.Method
  let key: Digest
  let missing: ResultStore.Missing

  /// Computes the map and every missing metric; errors become part of the result.
  func run(_ request: OpenRequest, plan: WorkPlan, sharedByModel: SharedWork) -> UnitResult {
    let choice = method.choice
    if let reason = request.unsuitability(of: choice) {
      return UnitResult(key: key, outcome: .notApplicable, reason: reason)
    }
    do {
      let metered = try request.variant(of: choice).request.metered()
      let attribution = try choice.method.attribution(for: metered)
      let subject = try request.subject(
        choice, attribution, seed: plan.experiment.seed, sharedByModel: sharedByModel)
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

  /// The attribution as the method computed it.
  var attribution: Attribution {
    Attribution(Tensor(shape: Shape(shape).batched(1), scalars: values))
  }
}
