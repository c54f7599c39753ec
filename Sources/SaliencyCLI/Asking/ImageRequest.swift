internal import Bench
internal import Imaging
internal import ModelLibrary
internal import SaliencyCore

/// A picture and one class asked about: a row of a figure.
struct ImageRequest {
  let file: PictureFile
  let picture: Image
  let loaded: LoadedModel
  let transform: InputTransform
  /// About one image and one class.
  let request: AttributionRequest

  var target: Int { request.targets[0] }
  var className: String { loaded.className(target) }
  /// The first of a class's names: `tench` of `tench, Tinca tinca`.
  var shortClassName: String {
    guard request.model.labels != nil else { return className }
    return className.split(separator: ",").first.map(String.init) ?? className
  }
  /// The model's probability for the class; nil if the model does not end in a softmax or sigmoid.
  var probability: Float? { request.probabilities?[0] }
  /// `p = 0.49`, or `output = 1.53` if there is no probability.
  var confidence: String {
    guard let probability else { return "output = \(NumberText.rounded(Double(score)))" }
    return probability < 0.0001 ? "p < 0.0001" : "p = \(Decimals.probability(probability))"
  }
  var score: Float { request.activations(at: request.model.score)[target] }

  /// The class as a part of a file's name: `242-boxer`.
  var classSlug: String {
    guard request.model.labels != nil else { return "\(target)" }
    return "\(target)-\(Self.slug(shortClassName))"
  }

  /// A text as a part of a file's name: letters, digits, and hyphens.
  static func slug(_ text: String) -> String {
    text.lowercased().split { !($0.isLetter || $0.isNumber) }.joined(separator: "-")
  }

  /// The requests about one picture: one for each class, on the tape of one forward pass.
  ///
  /// Two targets that mean the same class (its label and `top`) are one request.
  static func all(
    about file: PictureFile, _ picture: Image, by loaded: LoadedModel, _ options: RequestOptions,
    reach: Reach
  ) throws -> [ImageRequest] {
    let transform = try loaded.transform()
    let first = try AttributionRequest(
      loaded.model, inputs: transform(picture), layer: options.layer ?? loaded.card.layer,
      score: options.score, reach: reach)
    var seen = Set<Int>()
    return try options.targets(labels: loaded.model.labels).compactMap { target in
      let request = try first.with(targets: [target]).metered()
      guard seen.insert(request.targets[0]).inserted else { return nil }
      return ImageRequest(
        file: file, picture: picture, loaded: loaded, transform: transform, request: request)
    }
  }
}

extension AttributionRequest {
  /// What is explained, in words.
  var explainedValue: String {
    guard explained == model.score else { return "the probability" }
    return model.scoreWords
  }
}

extension Model {
  /// What the numbers before a final softmax or sigmoid are, in words.
  var scoreWords: String {
    switch outputKind {
    case .softmax: "the logit before the softmax"
    case .sigmoid: "the logit before the sigmoid"
    case .bare: "the output"
    }
  }
}
