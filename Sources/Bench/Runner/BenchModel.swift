internal import Foundation
public import Imaging
public import ModelLibrary
public import SaliencyCore

/// A model of an experiment, with its preprocessing.
public struct BenchModel: Sendable {
  /// Its name in tables.
  public var name: String
  public var model: Model
  public var transform: InputTransform
  /// The layer of class activation methods; nil for the model's default.
  public var layer: String?
  /// The name of its file in the manifest.
  public var source: String
  /// The paths of all files that it was read from.
  var files: [String] = []
  /// A warning about its input.
  var warning: String?
  let fingerprint: Digest

  public init(
    name: String, model: Model, transform: InputTransform, layer: String? = nil, source: String = ""
  ) {
    self.init(
      name: name, model: model, transform: transform, layer: layer, source: source,
      fingerprint: model.fingerprint)
  }

  init(
    name: String, model: Model, transform: InputTransform, layer: String?, source: String,
    fingerprint: Digest
  ) {
    self.name = name
    self.model = model
    self.transform = transform
    self.layer = layer
    self.source = source
    self.fingerprint = fingerprint
  }

  /// A model of the library, with its own preprocessing and layer.
  ///
  /// - Throws: `LibraryError` if its preprocessing is not known.
  public init(_ loaded: LoadedModel, name: String? = nil) throws {
    let file = (loaded.source.path as NSString).lastPathComponent
    self.init(
      name: name ?? (file as NSString).deletingPathExtension, model: loaded.model,
      transform: try loaded.transform(), layer: loaded.layer, source: file)
    warning = loaded.inputWarning
  }

  /// Loads a model by its name, or by its path from the experiment's folder.
  ///
  /// - Throws: `YAMLError` with the line that names the model.
  public init(loading choice: ModelChoice, folder: String) throws(YAMLError) {
    let beside = (folder as NSString).appendingPathComponent(choice.model)
    let path =
      !choice.model.hasPrefix("/") && FileManager.default.fileExists(atPath: beside) ? beside : choice.model
    do {
      let request = ModelRequest(path)
      let loaded = try request.load()
      let layer = choice.layer ?? loaded.layer
      if let layer { _ = try loaded.model.graph.find(layer) }
      self.init(
        name: choice.label ?? choice.model, model: loaded.model, transform: try loaded.transform(),
        layer: layer,
        source: (loaded.source.path as NSString).lastPathComponent)
      files = try request.files()
      warning = loaded.inputWarning
    } catch {
      throw YAMLError(file: choice.origin.file ?? "models", line: choice.origin.line, "\(error)")
    }
  }

  /// The name of what is explained: of a class, or of a function of classes as it is written.
  func name(of target: ResolvedTarget) -> String {
    guard target.isPlainClass, let index = target.classIndex else { return target.text(labels: model.labels) }
    return className(index)
  }

  /// The name of a class: its label, or its index.
  func className(_ index: Int) -> String {
    guard let labels = model.labels, labels.indices.contains(index) else { return "\(index)" }
    return labels[index]
  }
}
