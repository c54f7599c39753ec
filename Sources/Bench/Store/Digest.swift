internal import Foundation
package import SaliencyCore
internal import Support

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

  /// A digest written in hexadecimal; nil if the text is none.
  init?(hex: String) {
    let digits = hex.compactMap(\.hexDigitValue)
    guard digits.count == 64, hex.count == 64 else { return nil }
    bytes = stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  var data: Data { Data(bytes) }

  /// In hexadecimal, 64 letters.
  package var hex: String { bytes.hexadecimal }

  /// Takes the parts of what is hashed, each with its length, so that no two lists of parts look alike.
  package struct Feed {
    fileprivate let function = HashFunction(.sha256)

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
