import Dispatch
import Testing

@testable import SaliencyCore

@Suite struct BriefLockTests {
  @Test func oneIsInsideAtATime() {
    let counts = Counts()
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<20_000 { counts.lock.withLock { $0 += 1 } }
    }
    #expect(counts.lock.withLock { $0 } == 160_000)
  }

  @Test func aResultThatIsNothingIsAResult() {
    let lock = SpinLock([1, 2])
    #expect(lock.withLock { $0.popLast() } == 2)
    #expect(lock.withLock { $0.popLast() } == 1)
    #expect(lock.withLock { $0.popLast() } == nil)
  }
}

private final class Counts: Sendable {
  let lock = SpinLock(0)
}
