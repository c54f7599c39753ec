import Testing

@testable import SaliencyCLI

@Suite struct AheadTests {
  private struct Failure: Error, Equatable {}

  @Test func theValueIsThereHoweverOftenItIsAskedFor() throws {
    let ahead = Ahead { (0..<1000).reduce(0, +) }
    #expect(try ahead.value() == 499_500)
    #expect(try ahead.value() == 499_500)
  }

  @Test func whatIsThrownMeanwhileIsThrownWhereTheValueIsAskedFor() {
    let ahead: Ahead<Int> = Ahead { throw Failure() }
    #expect(throws: Failure()) { try ahead.value() }
  }
}
