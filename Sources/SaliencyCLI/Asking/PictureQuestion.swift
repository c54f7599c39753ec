internal import Imaging
internal import ModelLibrary
internal import SaliencyCore

/// A picture and one class asked about: a row of a figure.
struct PictureQuestion {
  let file: PictureFile
  let picture: Image
  let loaded: LoadedModel
  let transform: InputTransform
  /// About one image and one class.
  let question: Explanation

  var target: Int { question.targets[0] }
  var className: String { loaded.className(target) }
  /// The first of a class's names: `tench` of `tench, Tinca tinca`.
  var shortClassName: String {
    guard question.model.labels != nil else { return className }
    return className.split(separator: ",").first.map(String.init) ?? className
  }
  /// The model's probability for the class; nil where the model ends in scores.
  var probability: Float? {
    question.model.output == question.model.score ? nil : question.probabilities[0]
  }
  /// `p = 0.49`, or the score where there is no probability.
  var confidence: String {
    guard let probability else { return "score \(Decimals.fixed(score, 2))" }
    return probability < 0.0001 ? "p < 0.0001" : "p = \(Decimals.probability(probability))"
  }
  var score: Float { question.activations(at: question.model.score)[target] }

  /// The class as a part of a file's name: `242-boxer`.
  var classSlug: String {
    guard question.model.labels != nil else { return "\(target)" }
    return "\(target)-\(Self.slug(shortClassName))"
  }

  /// A text as a part of a file's name: letters, digits, and hyphens.
  static func slug(_ text: String) -> String {
    text.lowercased().split { !($0.isLetter || $0.isNumber) }.joined(separator: "-")
  }

  /// The questions about one picture: one for each class, on the tape of one forward pass.
  ///
  /// Two targets that mean the same class (its label and `top`) are one question.
  static func all(
    about file: PictureFile, _ picture: Image, by loaded: LoadedModel, _ options: QuestionOptions,
    reach: Reach
  ) throws -> [PictureQuestion] {
    let transform = try loaded.transform()
    let first = try Explanation(
      loaded.model, inputs: transform(picture), layer: options.layer ?? loaded.card.layer,
      score: options.score, reach: reach)
    var seen = Set<Int>()
    return try options.targets.compactMap { target in
      let question = try first.asked(of: [target])
      guard seen.insert(question.targets[0]).inserted else { return nil }
      return PictureQuestion(
        file: file, picture: picture, loaded: loaded, transform: transform, question: question)
    }
  }
}
