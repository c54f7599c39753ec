internal import Bench
internal import SaliencyCore

/// What the scores of a metric have in common: for each question of one image, and for each model.
final class MetricWork {
  private var questions: [String: SharedWork] = [:]
  private var models: [String: SharedWork] = [:]

  /// Lets go of what the last image's questions had in common.
  func beginImage() { questions = [:] }

  /// The subject of an answer, sharing its work with other answers to the same question.
  func subject(of answer: Answer) -> Subject {
    let question = answer.question
    let layer = question.explanation.layer.map { question.explanation.model.graph[$0].name } ?? ""
    let key =
      "\(question.explanation.model.name) \(question.target) \(layer) \(question.explanation.explained.index)"
    let shared = questions[key] ?? SharedWork()
    let sharedByModel = models[question.explanation.model.name] ?? SharedWork()
    questions[key] = shared
    models[question.explanation.model.name] = sharedByModel
    return Subject(
      question: question.explanation, method: answer.choice.method, attribution: answer.attribution,
      reduction: answer.subject.reduction, annotations: question.annotations, seed: answer.subject.seed,
      shared: shared, sharedByModel: sharedByModel)
  }
}
