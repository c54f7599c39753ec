internal import Foundation
internal import Support

/// The checksum that a file should have, as Keras' sources give it: MD5 of older files, SHA-256 of newer ones.
public enum Checksum: Sendable, Hashable, CustomStringConvertible {
  /// An MD5 checksum in hexadecimal digits.
  case md5(String)
  /// A SHA-256 checksum in hexadecimal digits.
  case sha256(String)

  /// A checksum in hexadecimal digits, of which there are 32 or 64; nil for anything else.
  public init?(_ hexadecimal: String) {
    let text = hexadecimal.lowercased()
    guard text.allSatisfy(\.isHexDigit) else { return nil }
    switch text.count {
    case 32: self = .md5(text)
    case 64: self = .sha256(text)
    default: return nil
    }
  }

  public var description: String {
    switch self {
    case .md5(let text): "md5:\(text)"
    case .sha256(let text): "sha256:\(text)"
    }
  }

  /// The same kind of checksum of a file's content.
  ///
  /// - Throws: What the system says where the file cannot be read.
  public func ofFile(_ path: String) throws -> Checksum {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    let isMD5 = if case .md5 = self { true } else { false }
    let function = HashFunction(isMD5 ? .md5 : .sha256)
    while let data = try file.read(upToCount: 1 << 20), !data.isEmpty {
      data.withUnsafeBytes { function.update($0) }
    }
    let text = function.finish().hexadecimal
    return isMD5 ? .md5(text) : .sha256(text)
  }
}
