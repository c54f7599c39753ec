internal import SaliencyCore
internal import Support

/// Reading of whole annotation files.
enum AnnotationFile {
  /// The bytes of a file.
  ///
  /// - Parameters:
  ///   - limit: The most bytes that such a file may have.
  ///   - wanted: What the file should be, such as "COCO annotations in JSON".
  /// - Throws: `DatasetError` if there is no regular file at the path, it cannot be read, or it is too large.
  static func bytes(of path: String, limit: Int, wanted: String) throws(DatasetError) -> [UInt8] {
    do {
      return try RegularFile.bytes(of: path, limit: limit)
    } catch {
      throw DatasetError(path, error.sentence(wanted: wanted))
    }
  }
}
