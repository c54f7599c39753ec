internal import SaliencyCore
public import Support

/// Why an image could not be read.
public enum ImageError: Error, Sendable, Hashable {
  /// There is no regular file that can be read.
  case noFile(path: String, FileProblem)
  /// The file has no bytes.
  case empty(path: String)
  /// Something else than PNG or JPEG; `found` says what it looks like, such as "a WebP image".
  case notAnImage(path: String, found: String, isPicture: Bool)
  /// The file ends before the picture does.
  case truncated(path: String, format: String)
  /// The decoder gave up; `reason` is what it said.
  case damaged(path: String, format: String, reason: String)
  /// More pixels than are decoded.
  case tooLarge(path: String, width: Int, height: Int, limit: Int)
  /// A longer side than is decoded.
  case tooLong(path: String, width: Int, height: Int, limit: Int)
  /// An image could not be encoded or written.
  case unwritable(path: String, reason: String)
}

extension ImageError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noFile(let path, let problem):
      return
        "\(path): \(problem.sentence(wanted: "a \(ImageFormat.names) image", folderAdvice: "name the files in it"))"
    case .empty(let path):
      return "\(path): found an empty file, wanted a \(ImageFormat.names) image; copy or download it again"
    case .notAnImage(let path, let found, let isPicture):
      let advice = isPicture ? "convert it to one of these" : "check the path, or download it again"
      return "\(path): found \(found), wanted a \(ImageFormat.names) image; \(advice)"
    case .truncated(let path, let format):
      return "\(path): found a \(format) image that ends early, wanted a whole one; copy or download it again"
    case .damaged(let path, let format, let reason):
      return
        "\(path): found a damaged \(format) image (\(reason)), wanted a whole one; copy or download it again"
    case .tooLarge(let path, let width, let height, let limit):
      return "\(path): found \(width) x \(height) pixels, wanted at most \(limit); make the image smaller"
    case .tooLong(let path, let width, let height, let limit):
      return
        "\(path): found \(width) x \(height) pixels, wanted at most \(limit) in a row or column; crop the image"
    case .unwritable(let path, let reason):
      return "\(path): cannot be written (\(reason))"
    }
  }
}
