public import Imaging
public import KerasImport
public import ONNXImport
internal import SaliencyCore

/// A model as a user asks for it: a name or a file, and what is to be different from its sidecar.
///
///     let loaded = try ModelRequest("scenes-gap").load()
///     let input = try loaded.transform()(Image(contentsOf: "scene.png"))
public struct ModelRequest: Sendable {
  /// A path, or the name of a bundled model.
  public var model: String
  /// A `to_json()` file, for files that hold weights alone.
  public var architecture: String?
  /// The size of the input; that of the model card if nil.
  public var inputSize: InputSize?
  /// The preprocessing; that of the model card if nil.
  public var preprocessing: Preprocessing?
  /// How images are resized; as the model card says if nil.
  public var resampling: InputTransform.Resampling?
  /// How images are fitted; as the model card says if nil.
  public var fit: InputTransform.Fit?
  /// A file of class names, one a line.
  public var labels: String?
  /// The input that takes the image, if the model has several.
  public var input: String?
  /// The output to explain, where the model has several.
  public var output: String?
  /// Inputs other than the image, by name, and the constant that every element of each is set to.
  public var held: [String: Float] = [:]

  public init(_ model: String) { self.model = model }

  /// The file and its sidecar, with these options over those of the sidecar.
  ///
  /// - Throws: `LibraryError`, `YAMLError`.
  public func source() throws -> (source: ModelSource, card: ModelCard) {
    let source = try ModelSource(model)
    var card = source.card
    card.architecture = architecture ?? card.architecture.map(source.beside)
    card.inputSize = inputSize ?? card.inputSize
    card.preprocessing = preprocessing ?? card.preprocessing
    card.resampling = resampling ?? card.resampling
    card.fit = fit ?? card.fit
    if let labels {
      card.labels = try ClassLabels.read(labels)
      card.labelsFile = labels
    }
    card.input = input ?? card.input
    card.output = output ?? card.output
    return (source, card.completed(for: source.path))
  }

  /// The files that the model is read from: weights, sidecar, architecture, labels.
  ///
  /// - Throws: `LibraryError`, `YAMLError`.
  public func files() throws -> [String] {
    let (source, card) = try source()
    return [source.path, source.cardPath, card.architecture, card.labelsFile].compactMap(\.self)
  }

  /// Loads the model.
  ///
  /// - Parameter imageSize: The size of the images, for a model that takes any size and no one has set.
  /// - Throws: `LibraryError`, `YAMLError`; `LoadError` or `ONNXError` if the file cannot be read as a model.
  public func load(imageSize: InputSize? = nil) throws -> LoadedModel {
    let (source, card) = try source()
    if let builtIn = BuiltInArchitectures.withoutTop(source.path), card.architecture == nil {
      throw LibraryError.withoutTop(source.path, architecture: builtIn.name)
    }
    var model = try ModelFile.load(source.path, card: card, imageSize: imageSize)
    let inputs = model.graph.inputs.map { model.graph[$0].name }
    for name in held.keys.sorted() where !inputs.contains(name) {
      throw LibraryError.unknownInput(model: source.path, name: name, known: inputs)
    }
    model = try takingPicture(model, at: card.input, file: source.path)
    for (name, value) in held.sorted(by: { $0.key < $1.key }) {
      let shape = model.graph[try model.graph.find(name)].shape.batched(1)
      model = try model.fixing(name, at: Tensor(repeating: value, shape: shape))
    }
    var loaded = try LoadedModel(model, card: card, source: source, labelsFile: labels)
    loaded.freeInputs = model.graph.inputs.filter { $0 != model.input }.map { model.graph[$0].name }
      .filter { held[$0] == nil }
    return loaded
  }

  /// The model with the image at the input of a name; by default at the one that the file's order gives, or, if that
  /// is set to a constant, to the first other image input.
  private func takingPicture(_ model: Model, at name: String?, file: String) throws(LibraryError) -> Model {
    let graph = model.graph
    func taking(_ id: NodeID) -> Model {
      Model(name: model.name, graph: graph, input: id, output: model.output, labels: model.labels)
    }
    if let name {
      guard let id = graph.inputs.first(where: { graph[$0].name == name }) else {
        throw .unknownInput(model: file, name: name, known: graph.inputs.map { graph[$0].name })
      }
      guard held[name] == nil else {
        throw .noImageInput(
          model: file,
          reason: "input \"\(name)\" takes the image and is set to a constant; give one of the two")
      }
      return taking(id)
    }
    guard held[graph[model.input].name] != nil else { return model }
    let free = graph.inputs.first { held[graph[$0].name] == nil && graph[$0].shape.isImage }
    guard let free else {
      throw .noImageInput(
        model: file,
        reason: "found no input for the image: every image input is set to a constant")
    }
    return taking(free)
  }

  /// What can be told of the file, whether it can be loaded or not.
  ///
  /// - Throws: `LibraryError`, `YAMLError`; `LoadError` or `ONNXError` if it is no model file.
  public func inspect() throws -> (path: String, contents: ModelContents) {
    let (source, card) = try source()
    return (source.path, try ModelFile.inspect(source.path, card: card))
  }
}

/// What a model file holds, by its format.
public enum ModelContents: Sendable {
  /// A file that Keras has saved.
  case keras(KerasInspection)
  /// An ONNX file, such as PyTorch exports.
  case onnx(ONNXInspection)
}

extension Shape {
  /// Whether a sample of this shape is an image: height, width, and 1 or 3 channels.
  var isImage: Bool { rank == 3 && (self[2] == 1 || self[2] == 3) && count > 0 }
}
