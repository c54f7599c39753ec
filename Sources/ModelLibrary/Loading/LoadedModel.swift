internal import Foundation
public import Imaging
public import SaliencyCore

/// A model with everything that is needed to apply it to images.
public struct LoadedModel: Sendable {
  /// The network, with its labels.
  public let model: Model
  /// The sidecar, with the options of the request over it.
  public let card: ModelCard
  /// The file or bundled name of the model.
  public let source: ModelSource
  /// Inputs besides the image for which there is no value.
  var freeInputs: [String] = []

  init(_ model: Model, card: ModelCard, source: ModelSource, labelsFile: String?) throws(LibraryError) {
    var model = model
    model.name = card.name ?? ((source.path as NSString).lastPathComponent as NSString).deletingPathExtension
    if let labels = card.labels {
      guard labels.count == model.classCount else {
        throw .wrongLabelCount(
          source: labelsFile ?? source.cardPath ?? source.path, found: labels.count, model: model.name,
          wanted: model.classCount)
      }
      model.labels = labels
    }
    var card = card
    if card.preprocessing == nil, model.graph.isTeachableMachine { card.preprocessing = .tf }
    if let preprocessing = card.preprocessing, let channels = model.inputShape.dimensions.last {
      func pixel(_ value: Float) -> [Float]? {
        try? preprocessing(Tensor(repeating: value, shape: [1, 1, 1, channels])).scalars
      }
      (model.black, model.white) = (pixel(0), pixel(255))
    }
    self.model = model
    self.card = card
    self.source = source
  }

  /// The way from an image to the network's input.
  ///
  /// - Throws: `LibraryError.preprocessingNeeded` if neither the user nor a sidecar says how, and the network does not
  ///   begin with a layer that does it; `.inputIsNoImage`; `.otherInputs` where an image is not all that it takes.
  public func transform() throws(LibraryError) -> InputTransform {
    guard freeInputs.isEmpty else { throw .otherInputs(model: source.path, inputs: freeInputs) }
    let shape = model.inputShape
    guard shape.isImage else {
      throw .inputIsNoImage(model: source.path, shape: shape)
    }
    guard let preprocessing else {
      throw .preprocessingNeeded(model: source.path)
    }
    return InputTransform(
      height: shape[0], width: shape[1], channels: shape[2], resampling: card.resampling ?? .antialiased,
      fit: card.fit ?? .stretch, preprocessing: preprocessing)
  }

  /// Whether the network scales its input itself: Keras' Rescaling or Normalization before anything is learned.
  public var beginsWithPreprocessing: Bool { !model.graph.rescalings(after: model.input).isEmpty }

  /// How images become the input: as the user or the sidecar says, or `none` if the network rescales them itself.
  var preprocessing: Preprocessing? { card.preprocessing ?? (beginsWithPreprocessing ? .unchanged : nil) }

  /// The layer that class activation methods look at: the sidecar's, or the model's own choice.
  public var layer: String? { card.layer ?? model.defaultLayer.map { model.graph[$0].name } }

  /// The name of a class: its label, or its index; `output` for the only number of a model without labels.
  public func className(_ index: Int) -> String {
    guard let labels = model.labels, labels.indices.contains(index) else {
      return model.classCount == 1 ? "output" : "class \(index)"
    }
    return labels[index]
  }
}
