internal import KerasImport
internal import ONNXImport
internal import SaliencyCore

/// A file of a network in any of the formats that are read; its content decides which, never its suffix.
enum ModelFile {
  /// Loads the network of a file as its card describes it; `imageSize` serves where neither has a size.
  ///
  /// - Throws: `LoadError` for Keras files, `ONNXError` for ONNX files.
  static func load(_ path: String, card: ModelCard, imageSize: InputSize?) throws -> Model {
    guard isONNX(path, card: card) else {
      return try KerasFile.load(path, card: card, imageSize: imageSize)
    }
    func load(_ size: InputSize?) throws(ONNXError) -> Model {
      try ONNXModel.load(path: path, inputSize: size.map { ($0.height, $0.width) }, output: card.output)
    }
    do throws(ONNXError) {
      return try load(card.inputSize)
    } catch .inputSizeNeeded where imageSize != nil {
      return try load(imageSize)
    }
  }

  /// What is in a file, as its card describes it.
  ///
  /// - Throws: `LoadError` for Keras files, `ONNXError` for ONNX files.
  static func inspect(_ path: String, card: ModelCard) throws -> ModelContents {
    isONNX(path, card: card)
      ? .onnx(try ONNXModel.inspect(path: path)) : .keras(try KerasFile.inspect(path, card: card))
  }

  private static func isONNX(_ path: String, card: ModelCard) -> Bool {
    card.architecture == nil && ONNXModel.recognises(path: path)
  }
}
