import Foundation
import Synchronization
import Testing

@testable import Support

@Suite struct WorkerThreadTests {
  @Test(arguments: [0, 1, 7, 1000]) func resultsComeInOrder(_ count: Int) {
    #expect(WorkerThread.map(count) { $0 * $0 } == (0..<count).map { $0 * $0 })
  }

  @Test func everyThreadHasEndedAtTheEnd() {
    let ended = Mutex(0)
    WorkerThread.run(4) { ended.withLock { $0 += 1 } }
    #expect(ended.withLock(\.self) == 4)
  }
}

@Suite struct ChildProcessTests {
  @Test func exitCodesSignalsAndReasonsAreTold() throws {
    let errors = NSTemporaryDirectory() + "support-tests-" + UUID().uuidString
    defer { unlink(errors) }
    #expect(try ChildProcess.run("sh", ["-c", "echo words >&2; exit 3"], errors: errors) == 3)
    #expect(try String(contentsOfFile: errors, encoding: .utf8) == "words\n")
    #expect(try ChildProcess.run("sh", ["-c", "kill -9 $$"], errors: errors) == 137)
    let missing = #expect(throws: ChildProcess.NotStarted.self) {
      try ChildProcess.run("no-such-program", [], errors: errors)
    }
    #expect(missing?.isMissing == true)
  }
}
