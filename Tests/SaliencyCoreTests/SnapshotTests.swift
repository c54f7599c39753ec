import Foundation
import TestSupport
import Testing

/// The snapshot helper itself: it can fail, and recording is never passing.
@Suite struct SnapshotTests {
  @Test func aSnapshotIsRecordedComparedAndMissed() throws {
    let folder = NSTemporaryDirectory() + "saliency-snapshots-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func difference(_ text: String, recording: Bool = false) -> String? {
      Snapshot.difference(of: text, from: "table.txt", in: folder, recording: recording)
    }
    #expect(difference("a\nb\n") == "there is no \(folder)/table.txt; record it with RECORD_SNAPSHOTS=1")
    #expect(
      difference("a\nb\n", recording: true)
        == "recorded \(folder)/table.txt; run again without RECORD_SNAPSHOTS")
    #expect(difference("a\nb\n") == nil)
    #expect(difference("a\nc\n") == "table.txt, line 2: found \"c\", recorded \"b\"")
    #expect(difference("a\nb\nc\n") == "table.txt, line 3: found \"c\", recorded \"\"")
    #expect(difference("a\nb") == "table.txt, line 3: found the end, recorded \"\"")
  }
}
