import Testing

@testable import ModelLibrary

/// Files that stand for more than they are long.
@Suite struct YAMLLimitsTests {
  private func message(of text: String) -> String {
    do {
      _ = try YAMLValue(parsing: text, file: "e.yaml")
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  /// Each line is ten of the line before.
  private func bomb(_ first: String, levels: Int) -> String {
    (1..<levels).reduce("a0: &a0 \(first)\n") { text, level in
      let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      return text + "a\(level): &a\(level) [\(items)]\n"
    }
  }

  @Test(arguments: ["x", "[x, y]", "{k: v}"]) func anAliasBombIsRefused(_ first: String) {
    let text = message(of: bomb(first, levels: 30))
    #expect(
      text.contains("found more than 200000 values, each alias counted as what it stands for"), "\(text)")
    #expect(message(of: bomb(first, levels: 4)) == "no error")
  }

  @Test func aLongTextCountsByItsLength() {
    let long = String(repeating: "x", count: 64_000)
    let aliases = Array(repeating: "*a", count: 300).joined(separator: ", ")
    #expect(message(of: "a: &a \(long)\nb: [\(aliases)]").contains("e.yaml:2: found more than 200000 values"))
  }

  @Test func depthIsLimited() {
    let expected = "found more than 64 lists and maps inside each other"
    for deep in [
      String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000),
      String(repeating: "{a: ", count: 100_000), String(repeating: "? ", count: 100_000),
    ] { #expect(message(of: deep).contains(deep.hasPrefix("?") ? "a key that is no text" : expected)) }
    let chain = (1..<100).reduce("a0: &a0 [x]\n") { $0 + "a\($1): &a\($1) [*a\($1 - 1)]\n" }
    #expect(message(of: chain).contains(expected))
    #expect(message(of: String(repeating: "[", count: 60) + String(repeating: "]", count: 60)) == "no error")
  }

  @Test func lengthIsLimited() {
    #expect(
      message(of: String(repeating: "# comment\n", count: 500_000)) == "e.yaml: found more than 4 MB of YAML")
    #expect(
      message(of: "[" + String(repeating: "a,", count: 300_000) + "]").contains(
        "found more than 200000 values"))
  }

  @Test func anAliasIsWhatItsAnchorNames() throws {
    let root = try YAMLValue(parsing: "a: &x [1, 2]\nb: *x\n&k c: 3\nd: {*k : 4}", file: "e.yaml").map()
    #expect(try root.required("b").list().map { try $0.integer() } == [1, 2])
    #expect(message(of: "a: *x") == "e.yaml:1: found the alias *x, expected &x before it")
    #expect(message(of: "a: &x [*x]") == "e.yaml:1: found the alias *x, expected &x before it")
  }

  @Test func whatIsNoSingleDocumentIsSaid() throws {
    #expect(message(of: "a: 1\n---\nb: 2") == "e.yaml:2: found a second document, expected one")
    #expect(message(of: "a: 1\nb: \u{1}") == "e.yaml:2: this is no YAML: control characters are not allowed")
    #expect(message(of: "[a]: 1") == "e.yaml:1: a key that is no text")
    #expect(try YAMLValue(parsing: "# nothing\n", file: "e.yaml").line == 1)
  }
}
