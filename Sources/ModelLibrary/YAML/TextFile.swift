internal import SaliencyCore
internal import Support

/// Reading of small text files: sidecars, lists of labels.
enum TextFile {
  /// Larger files are no text of this kind: the weights were given instead.
  private static let sizeLimit = 16 << 20

  /// The whole file as text.
  ///
  /// - Throws: `YAMLError` without a line if there is no such regular file, or it holds no UTF-8 text.
  static func contents(of path: String) throws(YAMLError) -> String {
    let bytes: [UInt8]
    do {
      bytes = try RegularFile.bytes(of: path, limit: sizeLimit)
    } catch {
      throw YAMLError(file: path, line: nil, error.sentence(wanted: "a text file"))
    }
    guard let text = String(validating: bytes, as: UTF8.self), !text.contains("\0") else {
      throw YAMLError(file: path, line: nil, "found no UTF-8 text, wanted a text file; check the path")
    }
    return text
  }
}
