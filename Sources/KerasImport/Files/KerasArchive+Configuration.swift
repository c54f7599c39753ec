import HDF5

/// An architecture for a file that holds weights alone.
public enum Architecture: Sendable {
  /// What `model.to_json()` printed, or any file with a configuration in it.
  case file(String)
  /// The same text from elsewhere, and what to call it in messages.
  case text([UInt8], name: String)
}

/// The configurations of models and architectures.
extension KerasArchive {
  // In bytes. The largest of keras.applications has 1 MB; the memory of a parsed configuration is bounded with it.
  static let largestConfiguration = 64 << 20

  /// The configuration of an architecture given apart from the weights.
  static func configuration(of architecture: Architecture) throws(LoadError) -> JSON {
    switch architecture {
    case .text(let bytes, let name): return try parse(bytes, of: name)
    case .file(let path):
      let file = try opened(path)
      switch file.content {
      case .json:
        let bytes: [UInt8]
        do { bytes = try file.bytes(limit: largestConfiguration) } catch { throw .file(error) }
        return try parse(bytes, of: path)
      case .zip:
        let archive = try ZipArchive(path: path)
        guard let bytes = try archive.bytes(of: "config.json", limit: largestConfiguration) else {
          throw .badConfiguration(file: path, reason: "the archive has no config.json")
        }
        return try parse(bytes, of: path)
      case .hdf5:
        return try configuration(inHDF5: path)
      case let other:
        throw .badConfiguration(
          file: path, reason: "found \(other.description); wanted the JSON that `model.to_json()` prints")
      }
    }
  }

  /// The model that an architecture describes, and what to call the architecture in messages.
  static func model(of architecture: Architecture) throws(LoadError) -> (file: String, ModelConfig) {
    let file =
      switch architecture {
      case .file(let path): path
      case .text(_, let name): name
      }
    return (file, try decode(try configuration(of: architecture), path: file))
  }

  private static func configuration(inHDF5 path: String) throws(LoadError) -> JSON {
    let reader: HDF5Reader
    do { reader = try HDF5Reader(path: path) } catch { throw .file(error) }
    guard let text = reader.index.string("model_config") else { throw .architectureNeeded(file: path) }
    return try parse(Array(text.utf8), of: path)
  }

  static func parse(_ bytes: [UInt8], of path: String) throws(LoadError) -> JSON {
    do {
      let json = try JSON.parse(bytes)
      // `to_json()` written by json.dump is a string in a string.
      if let inner = json.string { return try JSON.parse(Array(inner.utf8)) }
      return json
    } catch {
      throw .badConfiguration(file: path, reason: "it is no JSON: \(error.reason) at byte \(error.offset)")
    }
  }

  static func decode(_ json: JSON, path: String) throws(LoadError) -> ModelConfig {
    do { return try ModelConfig.decode(json) } catch {
      throw .badConfiguration(file: path, reason: error.reason)
    }
  }
}
