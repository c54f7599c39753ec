public import Imaging
internal import KerasImport
internal import ONNXImport

/// Hands out the model for each picture: one for all, or, where the model takes any size and none is set, one for
/// each size of picture.
public struct ModelDesk: Sendable {
  private let request: ModelRequest
  private var fixed: LoadedModel?
  private var latest: (size: InputSize, model: LoadedModel)?

  /// Loads the model where its size does not depend on the pictures.
  public init(_ request: ModelRequest) throws {
    self.request = request
    do {
      fixed = try request.load()
    } catch LoadError.inputSizeNeeded where request.inputSize == nil {
      fixed = nil
    } catch ONNXError.inputSizeNeeded where request.inputSize == nil {
      fixed = nil
    }
  }

  /// The model for pictures of this size.
  public mutating func model(for picture: Image) throws -> LoadedModel {
    try model(for: InputSize(height: picture.height, width: picture.width))
  }

  /// The model for inputs of this size.
  public mutating func model(for size: InputSize) throws -> LoadedModel {
    if let fixed { return fixed }
    if let latest, latest.size == size { return latest.model }
    let loaded = try request.load(pictureSize: size)
    latest = (size, loaded)
    return loaded
  }
}
