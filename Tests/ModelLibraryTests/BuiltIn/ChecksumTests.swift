import Foundation
import ModelLibrary
import Testing

/// RFC 1321 and FIPS 180-4's own examples.
@Suite struct ChecksumTests {
  private func sum(_ text: String, digits: Int) throws -> String {
    let path = NSTemporaryDirectory() + "saliency-checksum-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try #require(Checksum(String(repeating: "0", count: digits))).ofFile(path).description
  }

  @Test func md5() throws {
    #expect(try sum("", digits: 32) == "md5:d41d8cd98f00b204e9800998ecf8427e")
    #expect(try sum("abc", digits: 32) == "md5:900150983cd24fb0d6963f7d28e17f72")
    #expect(
      try sum(String(repeating: "1234567890", count: 8), digits: 32) == "md5:57edf4a22be3c955ac49da2e2107b67a"
    )
  }

  @Test func sha256() throws {
    #expect(
      try sum("abc", digits: 64) == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      try sum("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", digits: 64)
        == "sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
  }

  @Test func whatIsNoChecksum() {
    #expect(Checksum("abc") == nil)
    #expect(Checksum(String(repeating: "x", count: 32)) == nil)
  }
}
