import Testing

@testable import Support

@Suite struct HashFunctionTests {
  private func hash(_ text: String, _ algorithm: HashFunction.Algorithm) -> String {
    let function = HashFunction(algorithm)
    for part in [text.prefix(1), text.dropFirst()] {
      Array(part.utf8).withUnsafeBytes { function.update($0) }
    }
    return function.finish().hexadecimal
  }

  /// The examples of RFC 1321 and FIPS 180.
  @Test func standardExamples() {
    #expect(hash("abc", .md5) == "900150983cd24fb0d6963f7d28e17f72")
    #expect(
      hash("abc", .sha256) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(hash("", .sha256) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }
}
