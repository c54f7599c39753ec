internal import CCrypto
internal import Foundation

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
    let digest = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(digest) }
    switch self {
    case .md5: EVP_DigestInit_ex(digest, EVP_md5(), nil)
    case .sha256: EVP_DigestInit_ex(digest, EVP_sha256(), nil)
    }
    while let data = try file.read(upToCount: 1 << 20), !data.isEmpty {
      _ = data.withUnsafeBytes { EVP_DigestUpdate(digest, $0.baseAddress, $0.count) }
    }
    var sum = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    EVP_DigestFinal_ex(digest, &sum, &count)
    let text = sum.prefix(Int(count)).map { String(format: "%02x", $0) }.joined()
    switch self {
    case .md5: return .md5(text)
    case .sha256: return .sha256(text)
    }
  }
}
