public import Imaging
internal import KerasImport
internal import ONNXImport

/// Hands out the model for each image: one for all, or, where the model takes any size and none is set, one for
/// each size of image.
public struct ModelDesk: Sendable {
  private let request: ModelRequest
  private var fixed: LoadedModel?
  private var latest: (size: InputSize, model: LoadedModel)?

  /// Loads the model where its size does not depend on the images.
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

  /// The model for images of this size.
  public mutating func model(for image: Image) throws -> LoadedModel {
    try model(for: InputSize(height: image.height, width: image.width))
  }

  /// The model for inputs of this size.
  public mutating func model(for size: InputSize) throws -> LoadedModel {
    if let fixed { return fixed }
    if let latest, latest.size == size { return latest.model }
    let loaded = try request.load(imageSize: size)
    latest = (size, loaded)
    return loaded
  }
}
