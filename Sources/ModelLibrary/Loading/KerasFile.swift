internal import Foundation
internal import KerasImport
internal import SaliencyCore

/// The one place where a model's file is read.
enum KerasFile {
  /// Loads the network of a file as its card describes it; `imageSize` serves where neither has a size.
  ///
  /// - Throws: `LoadError`.
  static func load(_ path: String, card: ModelCard, imageSize: InputSize?) throws(LoadError) -> Model {
    let architecture = try architecture(of: card)
    func load(_ size: InputSize?) throws(LoadError) -> Model {
      try KerasModel.load(
        path: path, architecture: architecture,
        inputSize: size.map { ($0.height, $0.width) }, output: card.output)
    }
    do throws(LoadError) {
      return try load(card.inputSize)
    } catch .inputSizeNeeded where imageSize != nil {
      return try load(imageSize)
    } catch .architectureNeeded where BuiltInArchitectures.forFile(path) != nil {
      return try Self.load(path, card: named(card, by: path), imageSize: imageSize)
    }
  }

  /// What is in a file, as its card describes it.
  ///
  /// - Throws: `LoadError`.
  static func inspect(_ path: String, card: ModelCard) throws(LoadError) -> KerasInspection {
    do throws(LoadError) {
      return try KerasModel.inspect(path: path, architecture: try architecture(of: card))
    } catch .architectureNeeded where BuiltInArchitectures.forFile(path) != nil {
      return try inspect(path, card: named(card, by: path))
    }
  }

  /// The card of one of Keras' own downloads, under its own name.
  private static func named(_ card: ModelCard, by path: String) -> ModelCard {
    var named = card
    named.architecture = BuiltInArchitectures.forFile(path)?.name
    return named
  }
}

extension ModelCard {
  /// The card with what is known of a built-in architecture put under it: for its official file, or named by the card.
  func completed(for path: String) -> ModelCard {
    let named = architecture.flatMap { BuiltInArchitectures.named(($0 as NSString).lastPathComponent) }
    guard let builtIn = named ?? BuiltInArchitectures.forFile(path) else { return self }
    var card = self
    card.preprocessing = preprocessing ?? builtIn.preprocessing
    card.inputSize = inputSize ?? builtIn.inputSize
    // Weights of another number of classes bring labels of their own.
    let isOfficial = BuiltInArchitectures.forFile(path) == builtIn
    card.labels = labels ?? (isOfficial ? BuiltInArchitectures.imageNetLabels : nil)
    return card
  }
}

extension KerasFile {
  /// What the card says: a file, or else the name of a built-in one.
  static func architecture(of card: ModelCard) throws(LoadError) -> Architecture? {
    guard let given = card.architecture else { return nil }
    let name = (given as NSString).lastPathComponent
    guard !FileManager.default.fileExists(atPath: given), let builtIn = BuiltInArchitectures.named(name)
    else {
      return .file(given)
    }
    return try BuiltInArchitectures.configuration(of: builtIn)
  }
}

extension Graph {
  /// The layers that rescale the input before anything else changes its values: Keras' Rescaling and Normalization.
  func rescalings(after input: NodeID) -> [Node] {
    var found: [Node] = []
    var id = input
    while true {
      let next = consumers(of: id)
      guard next.count == 1, let layer = self[next[0]].layer else { return found }
      if layer.kind == "Rescaling" {
        found.append(self[next[0]])
      } else if !(layer is any IdentityLayer || layer.kind == "Resizing") {
        return found
      }
      id = next[0]
    }
  }
}
