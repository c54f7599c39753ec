internal import KerasImport
internal import SaliencyCore

/// The one place where a model's file is read.
enum KerasFile {
  /// Loads the network of a file as its card describes it; `pictureSize` serves where neither has a size.
  ///
  /// - Throws: `LoadError`.
  static func load(_ path: String, card: ModelCard, pictureSize: InputSize?) throws(LoadError) -> Model {
    func load(_ size: InputSize?) throws(LoadError) -> Model {
      try KerasModel.load(
        path: path, architecture: card.architecture.map(Architecture.file),
        inputSize: size.map { ($0.height, $0.width) }, output: card.output)
    }
    do throws(LoadError) {
      return try load(card.inputSize)
    } catch .inputSizeNeeded where pictureSize != nil {
      return try load(pictureSize)
    }
  }
}

extension Graph {
  /// Whether the first layer that changes the input's values is a Rescaling (Keras' Rescaling or Normalization).
  func beginsWithPreprocessing(at input: NodeID) -> Bool {
    var id = input
    while true {
      let next = consumers(of: id)
      guard next.count == 1, let layer = self[next[0]].layer else { return false }
      if layer.kind == "Rescaling" { return true }
      guard layer is any IdentityLayer || layer.kind == "Resizing" else { return false }
      id = next[0]
    }
  }
}
