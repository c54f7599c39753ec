import Testing

@testable import Support

/// Lists as text.
@Suite struct ListTextTests {
  @Test(arguments: [
    ("a,b", ["a", "b"]), (" a , b ,", ["a", "b"]), ("", []),
    ("\"tench, Tinca tinca\",boxer", ["tench, Tinca tinca", "boxer"]),
    ("smooth-grad(samples=5, base=gradient),cam", ["smooth-grad(samples=5, base=gradient)", "cam"]),
    ("mean(\"a, b\", c), d", ["mean(\"a, b\", c)", "d"]), ("\"a, b\", c", ["a, b", "c"]),
  ])
  func itemsAreSeparatedByCommas(text: String, items: [String]) { #expect(ListText.items(of: text) == items) }
}
