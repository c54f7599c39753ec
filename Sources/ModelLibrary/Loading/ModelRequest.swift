public import Imaging
public import KerasImport
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
  public var inputSize: InputSize?
  public var preprocessing: Preprocessing?
  public var resampling: InputTransform.Resampling?
  public var fit: InputTransform.Fit?
  /// A file of class names, one a line.
  public var labels: String?
  /// The output to explain, where the model has several.
  public var output: String?
  /// Inputs other than the picture, by name, and the number that every element of each is held at.
  public var held: [String: Float] = [:]

  public init(_ model: String) { self.model = model }

  /// The file and its sidecar, what is asked for here put over what the sidecar says.
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
  /// - Parameter pictureSize: The size of the pictures, for a model that takes any size and no one has set.
  /// - Throws: `LibraryError`, `YAMLError`; `LoadError` where the file cannot be read as a Keras model.
  public func load(pictureSize: InputSize? = nil) throws -> LoadedModel {
    let (source, card) = try source()
    if let builtIn = BuiltInArchitectures.withoutTop(source.path), card.architecture == nil {
      throw LibraryError.withoutTop(source.path, architecture: builtIn.name)
    }
    var model = try KerasFile.load(source.path, card: card, pictureSize: pictureSize)
    for (name, value) in held.sorted(by: { $0.key < $1.key }) {
      let shape = model.graph[try model.graph.find(name)].shape.batched(1)
      model = try model.fixing(name, at: Tensor(repeating: value, shape: shape))
    }
    var loaded = try LoadedModel(model, card: card, source: source, labelsFile: labels)
    loaded.freeInputs = model.graph.inputs.filter { $0 != model.input }.map { model.graph[$0].name }
      .filter { held[$0] == nil }
    return loaded
  }

  /// What can be told of the file, whether it can be loaded or not.
  ///
  /// - Throws: `LibraryError`, `YAMLError`; `LoadError` where it is no Keras file.
  public func inspect() throws -> (path: String, contents: KerasInspection) {
    let (source, card) = try source()
    return (source.path, try KerasFile.inspect(source.path, card: card))
  }
}
