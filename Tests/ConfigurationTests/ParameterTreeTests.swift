import Foundation
import SaliencyCore
import Testing

@testable import Configuration

@Suite struct ParameterTreeTests {
  private func parsed(_ text: String) throws -> ParameterTree { try ParameterTree(parsing: text) }

  @Test func expressionsAreRead() throws {
    #expect(try parsed("grad-cam") == .string("grad-cam"))
    #expect(try parsed(" grad-cam( ) ") == .map(["grad-cam": .map([:])]))
    #expect(
      try parsed("smooth-grad(samples=25, noise = 0.1,on=true, none=null)")
        == .map([
          "smooth-grad": .map([
            "samples": .integer(25), "noise": .number(0.1), "on": .bool(true), "none": .null,
          ])
        ]))
    #expect(
      try parsed("smooth-grad(base=grad-cam(counterfactual=false), at=[1, [], x])")
        == .map([
          "smooth-grad": .map([
            "base": .map(["grad-cam": .map(["counterfactual": .bool(false)])]),
            "at": .list([.integer(1), .list([]), .string("x")]),
          ])
        ]))
    #expect(try parsed("tiger   cat") == .string("tiger cat"))
    #expect(try parsed("-1e-3") == .number(-1e-3))
    #expect(try parsed("{a=1, b=[2]}") == .map(["a": .integer(1), "b": .list([.integer(2)])]))
    #expect(
      try parsed(#"load(path="a, (b)\"\\.png")"#) == .map(["load": .map(["path": .string(#"a, (b)"\.png"#)])])
    )
    #expect(try parsed("\"25\"") == .string("25"))
  }

  /// No parameter takes them and JSON does not have them: they are words.
  @Test(arguments: ["nan", "inf", "infinity", "1e999"])
  func thereAreNoNumbersThatAreNotFinite(_ word: String) throws { #expect(try parsed(word) == .string(word)) }

  @Test func listsAreSplitOutsideBrackets() throws {
    let list = try ParameterTree.list(parsing: "gradient, smooth-grad(samples=2, noise=0), cam")
    #expect(list.map(\.description) == ["gradient", "smooth-grad(noise=0, samples=2)", "cam"])
  }

  @Test(
    arguments: [
      ("a(b=1", "cannot read \"a(b=1\": found the end, expected \",\" or \")\""),
      ("a(b)", "cannot read \"a(b)\": found \")\", expected \"=\" after \"b\""),
      ("a(b=)", "cannot read \"a(b=)\": found \")\", expected a name or a value"),
      ("a b(c=1)d", "cannot read \"a b(c=1)d\": found \"d\", expected \",\""),
      ("", "cannot read \"\": found the end, expected a name or a value"),
      ("a,", "cannot read \"a,\": found the end, expected a name or a value"),
      ("a,b", "cannot read \"a,b\": expected one expression, found 2"),
      ("a(b=1, b=2)", "cannot read \"a(b=1, b=2)\": \"b\" is given twice"),
      ("a(b=\"c)", "cannot read \"a(b=\"c)\": a quotation mark is not closed"),
      ("[1, 2", "cannot read \"[1, 2\": found the end, expected \",\" or \"]\""),
    ])
  func mistakesAreNamed(_ text: String, _ sentence: String) {
    let error = #expect(throws: ConfigurationError.self) { try parsed(text) }
    #expect(error?.description == sentence)
  }

  // MARK: Properties

  /// Reading what was written gives the same tree, for a thousand random trees.
  @Test func everyTreeIsReadAsItWasWritten() throws {
    for number in 0..<1000 {
      let tree = RandomTree(number).tree(depth: 3)
      #expect(try parsed(tree.description) == tree, "\(tree.description)")
    }
  }

  @Test func everyTreeSurvivesJSON() throws {
    for number in 0..<200 {
      let tree = RandomTree(number).tree(depth: 3)
      let data = try JSONEncoder().encode(tree)
      #expect(try JSONDecoder().decode(ParameterTree.self, from: data) == tree, "\(tree.description)")
    }
  }

  /// The parser neither traps nor runs away, whatever it is given.
  @Test func anyTextIsReadOrRefused() {
    let alphabet = Array("ab1.-(),=[]{}\"\\ \té")
    for number in 0..<2000 {
      let random = CounterRandom(seed: 62, path: UInt64(number))
      let text = String(
        (0..<random.integer(below: 12, at: 0)).map {
          alphabet[random.integer(below: alphabet.count, at: 1 + $0)]
        })
      guard let tree = try? parsed(text) else { continue }
      #expect(throws: Never.self) { try parsed(tree.description) }
    }
  }
}

/// Random trees of the form that reading gives: no whole `number`, no map of one name to an empty map.
private final class RandomTree {
  private let random: CounterRandom
  private var drawn = 0

  init(_ number: Int) { random = CounterRandom(seed: 61, path: UInt64(number)) }

  private func roll(_ count: Int) -> Int {
    drawn += 1
    return random.integer(below: count, at: drawn)
  }

  private static let words = [
    "grad-cam", "a", "tiger cat", "25", "true", "", " x ", "a,b", "(", "=", "\"", "\\", "a\\\"b", "nan",
    "1e5", "[", "}",
    "null", "a\tb", "é", "two  spaces", "--x",
  ]

  func tree(depth: Int) -> ParameterTree {
    switch roll(depth > 0 ? 8 : 5) {
    case 0: return .null
    case 1: return .bool(roll(2) == 0)
    case 2: return .integer(roll(2000) - 1000)
    case 3: return .number(Double(roll(2000) - 1000) / 7 + 0.01)
    case 4: return .string(Self.words[roll(Self.words.count)])
    case 5: return .list((0..<roll(3)).map { _ in tree(depth: depth - 1) })
    case 6: return .map([Self.words[roll(Self.words.count)]: .map(["k": tree(depth: depth - 1)])])
    default:
      let keys = (0..<roll(3)).map { _ in Self.words[roll(Self.words.count)] }
      let map = Dictionary(keys.map { ($0, tree(depth: depth - 1)) }, uniquingKeysWith: { $1 })
      if map.count == 1, map.values.contains(.map([:])) { return .null }
      return .map(map)
    }
  }
}
