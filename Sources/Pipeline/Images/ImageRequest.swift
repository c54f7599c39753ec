public import Imaging
public import ModelLibrary
public import SaliencyCore
internal import Support

/// One image and one target class: a row of a figure.
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

  /// The index of the target class.
  public var target: Int { request.targets[0] }
  /// The label of the target class, or its index if the model has no labels.
  public var className: String { loaded.className(target) }
  /// The first name of a label: `tench` of `tench, Tinca tinca`.
  public var shortClassName: String {
    guard request.model.labels != nil else { return className }
    return className.split(separator: ",").first.map(String.init) ?? className
  }
  /// The target's probability; nil if the model does not end in a softmax or sigmoid.
  public var probability: Float? { request.probabilities?[0] }
  /// The target's logit, or its output if the model does not end in a softmax or sigmoid.
  public var score: Float { request.activations(at: request.model.score)[target] }

  /// `p = 0.49`, or `output = 1.53` if there is no probability.
  var confidence: String {
    guard let probability else { return "output = \(NumberText.significant(Double(score)))" }
    return probability < 0.0001 ? "p < 0.0001" : "p = \(NumberText.probability(probability))"
  }

  /// The class as a part of a file's name: `242-boxer`.
  package var classSlug: String {
    guard request.model.labels != nil else { return "\(target)" }
    return "\(target)-\(Self.slug(shortClassName))"
  }

  /// A text as a part of a file's name: letters, digits, and hyphens.
  static func slug(_ text: String) -> String {
    text.lowercased().split { !($0.isLetter || $0.isNumber) }.joined(separator: "-")
  }
}

extension SaliencyPipeline {
  /// The requests for one image: one for each target, with one forward pass for all.
  ///
  /// Two targets that mean the same class (its label and `top`) give one request.
  func requests(
    for file: ImageFile, _ image: Image, by loaded: LoadedModel, reach: Reach
  ) throws -> [ImageRequest] {
    let transform = try loaded.transform()
    let first = try AttributionRequest(
      loaded.model, inputs: transform(image), layer: layer ?? loaded.card.layer, score: score, reach: reach)
    var seen = Set<Int>()
    return try targets.targets(labels: loaded.model.labels).compactMap { target in
      let request = try first.with(targets: [target]).metered()
      guard seen.insert(request.targets[0]).inserted else { return nil }
      return ImageRequest(file: file, image: image, loaded: loaded, transform: transform, request: request)
    }
  }
}

extension AttributionRequest {
  /// The explained value, in words.
  var explainedValue: String {
    guard explained == model.score else { return "the probability" }
    return model.scoreWords
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
