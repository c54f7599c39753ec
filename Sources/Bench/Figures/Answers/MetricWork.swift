internal import Metrics
internal import SaliencyCore

/// What the scores of a metric have in common: for each request of one image, and for each model.
final class MetricWork {
  private var requests: [String: SharedWork] = [:]
  private var models: [String: SharedWork] = [:]

  /// Lets go of what the last image's requests had in common.
  func beginImage() { requests = [:] }

  /// The subject of an answer, sharing its work with other answers to the same request.
  func subject(of answer: Answer) -> Subject {
    let request = answer.request
    let layer = request.request.layer.map { request.request.model.graph[$0].name } ?? ""
    let key =
      "\(request.request.model.name) \(request.request.targets[0].text(labels: nil)) \(layer)"
    let shared = requests[key] ?? SharedWork()
    let sharedByModel = models[request.request.model.name] ?? SharedWork()
    requests[key] = shared
    models[request.request.model.name] = sharedByModel
    return Subject(
      request: request.request, method: answer.choice.method, attribution: answer.attribution,
      reduction: answer.subject.reduction, annotations: request.annotations, seed: answer.subject.seed,
      shared: shared, sharedByModel: sharedByModel)
  }
}
