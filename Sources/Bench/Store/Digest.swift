internal import CCrypto
internal import Foundation
package import SaliencyCore

/// A SHA-256 digest: what a result is kept under.
package struct Digest: Sendable, Hashable {
  let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The digest of what `body` feeds.
  package init(_ body: (inout Feed) -> Void) {
    var feed = Feed()
    body(&feed)
    bytes = feed.function.finish()
  }

  init(of text: String) { self.init { $0.add(text) } }

  /// A digest written in hexadecimal; nil where the text is none.
  init?(hex: String) {
    let digits = hex.compactMap(\.hexDigitValue)
    guard digits.count == 64, hex.count == 64 else { return nil }
    bytes = stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  var data: Data { Data(bytes) }

  /// In hexadecimal, 64 letters.
  package var hex: String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// Takes the parts of what is hashed, each with its length, so that no two lists of parts look alike.
  package struct Feed {
    fileprivate let function = SHA256()

    mutating func add(_ text: String) {
      let bytes = Array(text.utf8)
      add(count: bytes.count)
      bytes.withUnsafeBytes { function.update($0) }
    }

    mutating func add(_ digest: Digest) {
      digest.bytes.withUnsafeBytes { function.update($0) }
    }

    package mutating func add(_ tensor: Tensor) {
      add(count: tensor.shape.rank)
      for size in tensor.shape.dimensions { add(count: size) }
      tensor.withUnsafeScalars { function.update(UnsafeRawBufferPointer($0)) }
    }

    mutating func add(count: Int) {
      withUnsafeBytes(of: UInt64(count).littleEndian) { function.update($0) }
    }

    mutating func add(_ data: Data) {
      add(count: data.count)
      data.withUnsafeBytes { function.update($0) }
    }
  }
}

/// SHA-256 by libcrypto: the one place that calls it.
private final class SHA256 {
  private let context: OpaquePointer?

  init() {
    context = EVP_MD_CTX_new()
    precondition(EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1, "libcrypto has no SHA-256")
  }

  deinit { EVP_MD_CTX_free(context) }

  func update(_ bytes: UnsafeRawBufferPointer) { EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }

  func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
      count = 32
    }
  }
}
