public import Imaging
public import ModelLibrary
public import SaliencyCore
internal import Support

/// One image and one target: a row of a figure.
public struct ImageRequest: Sendable {
  /// The image's file.
  public let file: ImageFile
  /// The decoded image, before resizing.
  public let image: Image
  /// The model with its sidecar.
  public let loaded: LoadedModel
  /// How the image becomes the model's input.
  public let transform: InputTransform
  /// The attribution request, for one image and one target.
  ///
  /// All targets of an image share its forward pass.
  public let request: AttributionRequest

  /// The target.
  public var target: ResolvedTarget { request.targets[0] }
  /// The class, if the target is a class of which the usual score is explained.
  private var plainClass: Int? { target.isPlainClass ? target.classIndex : nil }
  /// The label of the target class, or its index if the model has no labels; a target that is more than a class as it is
  /// written: `difference(boxer, tiger cat)`.
  public var targetName: String {
    plainClass.map(loaded.className) ?? target.text(labels: request.model.labels)
  }
  /// The first name of a label: `tench` of `tench, Tinca tinca`.
  public var shortTargetName: String {
    guard request.model.labels != nil, plainClass != nil else { return targetName }
    return targetName.split(separator: ",").first.map(String.init) ?? targetName
  }
  /// The probability of the target class; nil if the target is not one class, or the model does not end in a softmax or sigmoid.
  public var probability: Float? { request.probabilities?[0] }
  /// The class's logit, or its output if the model does not end in a softmax or sigmoid; for any other target what is explained.
  public var score: Float {
    plainClass.map { request.activations(at: request.model.score)[$0] } ?? request.scores[0]
  }

  /// `p = 0.49`, or `output = 1.53` if there is no probability.
  var confidence: String {
    let value = NumberText.significant(Double(score))
    guard plainClass != nil else { return "value = \(value)" }
    guard let probability else { return "output = \(value)" }
    return probability < 0.0001 ? "p < 0.0001" : "p = \(NumberText.probability(probability))"
  }

  /// The target as a part of a file's name: `242-boxer`, `difference-boxer-tiger-cat`.
  package var targetSlug: String {
    guard let index = plainClass else { return Self.slug(targetName) }
    guard request.model.labels != nil else { return "\(index)" }
    return "\(index)-\(Self.slug(shortTargetName))"
  }

  /// A text as a part of a file's name: letters, digits, and hyphens.
  static func slug(_ text: String) -> String {
    text.lowercased().split { !($0.isLetter || $0.isNumber) }.joined(separator: "-")
  }
}

extension SaliencyPipeline {
  /// The requests for one image: one for each target, with one forward pass for all.
  ///
  /// Two targets that mean the same (a label and `top`) give one request.
  func requests(
    for file: ImageFile, _ image: Image, by loaded: LoadedModel, reach: Reach
  ) throws -> [ImageRequest] {
    let transform = try loaded.transform()
    let targets = try self.targets.targets(labels: loaded.model.labels)
    if targets.contains(where: \.namesClass) { try loaded.model.requireClasses(of: loaded.source.path) }
    let first = try AttributionRequest(
      loaded.model, inputs: transform(image), targets: [targets.first ?? .top],
      layer: layer ?? loaded.card.layer, score: score ?? .preSoftmax, reach: reach)
    var seen = Set<ResolvedTarget>()
    return try targets.compactMap { target in
      let request = try first.with(targets: [target]).metered()
      guard seen.insert(request.targets[0]).inserted else { return nil }
      return ImageRequest(file: file, image: image, loaded: loaded, transform: transform, request: request)
    }
  }
}

extension AttributionRequest {
  /// The explained value, in words.
  var explainedValue: String {
    guard targets.allSatisfy(\.isPlainClass) else { return "what each row names" }
    switch score {
    case .loss: return "-log p"
    case .output where model.output != model.score: return "the probability"
    case .output, .preSoftmax: return model.scoreWords
    }
  }
}

extension Model {
  /// The values before a final softmax or sigmoid, in words.
  var scoreWords: String {
    switch outputKind {
    case .softmax: "the logit before the softmax"
    case .sigmoid: "the logit before the sigmoid"
    case .bare: "the output"
    }
  }
}
