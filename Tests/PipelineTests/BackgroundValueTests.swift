import Testing

@testable import Pipeline

@Suite struct BackgroundValueTests {
  private struct Failure: Error, Equatable {}

  @Test func theValueCanBeReadSeveralTimes() throws {
    let value = BackgroundValue { (0..<1000).reduce(0, +) }
    #expect(try value.value() == 499_500)
    #expect(try value.value() == 499_500)
  }

  @Test func anErrorIsThrownWhenTheValueIsRead() {
    let value: BackgroundValue<Int> = BackgroundValue { throw Failure() }
    #expect(throws: Failure()) { try value.value() }
  }
}
