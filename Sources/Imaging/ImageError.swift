/// Why a picture could not be read.
public enum ImageError: Error, Sendable, Hashable {
  /// There is no such file; `suggestion` is a file of the same folder with nearly that name.
  case missing(path: String, suggestion: String?)
  case isDirectory(path: String)
  case empty(path: String)
  /// The system would not let us read; `reason` is its own sentence.
  case unreadable(path: String, reason: String)
  /// Something else than PNG or JPEG; `found` says what it looks like, such as "a WebP image".
  case notAnImage(path: String, found: String, isPicture: Bool)
  /// The file ends before the picture does.
  case truncated(path: String, format: String)
  /// The decoder gave up; `reason` is what it said.
  case damaged(path: String, format: String, reason: String)
  case tooLarge(path: String, width: Int, height: Int, limit: Int)
  /// A picture could not be encoded or written.
  case unwritable(path: String, reason: String)
}

extension ImageError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let path, let suggestion):
      let hint = suggestion.map { "did you mean \"\($0)\"?" } ?? "check the path"
      return "\(path): no such file; wanted a PNG or JPEG image; \(hint)"
    case .isDirectory(let path):
      return "\(path): found a directory, wanted a PNG or JPEG image; name the files in it"
    case .empty(let path):
      return "\(path): found an empty file, wanted a PNG or JPEG image; copy or download it again"
    case .unreadable(let path, let reason):
      return "\(path): cannot be read (\(reason)); wanted a PNG or JPEG image"
    case .notAnImage(let path, let found, let isPicture):
      let advice = isPicture ? "convert it to one of these" : "check the path, or download it again"
      return "\(path): found \(found), wanted a PNG or JPEG image; \(advice)"
    case .truncated(let path, let format):
      return "\(path): found a \(format) image that ends early, wanted a whole one; copy or download it again"
    case .damaged(let path, let format, let reason):
      return
        "\(path): found a damaged \(format) image (\(reason)), wanted a whole one; copy or download it again"
    case .tooLarge(let path, let width, let height, let limit):
      return "\(path): found \(width) x \(height) pixels, wanted at most \(limit); make the image smaller"
    case .unwritable(let path, let reason):
      return "\(path): cannot be written (\(reason))"
    }
  }
}
