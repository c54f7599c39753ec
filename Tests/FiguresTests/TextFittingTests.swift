import Testing

@testable import Figures

@Suite struct TextFittingTests {
  @Test func linesAreBalanced() {
    let fitting = TextFitting { Double($0.count) }
    #expect(fitting.wrapped("aa bb cc dd ee", to: 12, lines: 3) == ["aa bb cc dd", "ee"])
    #expect(fitting.balanced("aa bb cc dd ee", to: 12, lines: 3) == ["aa bb cc", "dd ee"])
    #expect(fitting.balanced("aa bb", to: 12, lines: 3) == ["aa bb"])
    #expect(fitting.balanced("", to: 12, lines: 3) == [])
  }

  /// Every character one point wide.
  private let fitting = TextFitting { Double($0.count) }

  @Test func ellipsis() {
    #expect(fitting.ellipsized("boxer", to: 5) == "boxer")
    #expect(fitting.ellipsized("boxers", to: 5) == "boxe…")
    #expect(fitting.ellipsized("a bull mastiff", to: 8) == "a bull…")
    #expect(fitting.ellipsized("boxer", to: 1) == "…")
    #expect(fitting.ellipsized("boxer", to: 0.5) == "")
  }

  @Test func wrapping() {
    #expect(fitting.wrapped("black and tan coonhound", to: 9, lines: 4) == ["black and", "tan", "coonhound"])
    #expect(fitting.wrapped("black and tan coonhound", to: 9, lines: 2) == ["black and", "tan coon…"])
    #expect(fitting.wrapped("a coonhound", to: 6, lines: 4) == ["a", "coonho", "und"])
    #expect(fitting.wrapped("", to: 6, lines: 4) == [])
    #expect(fitting.wrapped("a b", to: 6, lines: 0) == [])
  }

  @Test func controlCharactersBecomeSpaces() {
    #expect(TextFitting.cleaned("tiger\ncat,\r\n\t\u{0}\u{7}tiger") == "tiger cat, tiger")
    #expect(TextFitting.cleaned(String(repeating: "x", count: 5000)).count == 1000)
  }
}
