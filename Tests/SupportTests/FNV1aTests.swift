import Testing

@testable import Support

@Suite struct FNV1aTests {
  /// The test vectors of the authors (draft-eastlake-fnv, appendix C).
  @Test(
    arguments: [
      ("", 0xCBF2_9CE4_8422_2325), ("a", 0xAF63_DC4C_8601_EC8C), ("foobar", 0x8594_4171_F739_67E8),
    ] as [(String, UInt64)])
  func hashes(_ text: String, _ expected: UInt64) { #expect(FNV1a(text).value == expected) }
}
