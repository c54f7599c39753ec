import Foundation
import Testing

@testable import KerasImport

/// The table of layers in the guide is the one that the decoders make.
@Suite struct LayerGuideTests {
  private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Guides/KerasFiles.md").standardized

  /// With `RECORD_SNAPSHOTS=1` the table is written into the guide, and the test fails once.
  @Test func theGuideListsEveryLayer() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let (begin, end) = ("<!-- layers: made by LayerGuideTests -->\n", "\n<!-- end of layers -->")
    let start = try #require(text.range(of: begin)).upperBound
    let stop = try #require(text.range(of: end)).lowerBound
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      let changed = text.replacingCharacters(in: start..<stop, with: LayerTable.guide)
      try Data(changed.utf8).write(to: Self.page, options: .atomic)
      Issue.record("recorded; run again without RECORD_SNAPSHOTS")
    } else {
      #expect(
        text[start..<stop] == LayerTable.guide, "Guides/KerasFiles.md: run this test with RECORD_SNAPSHOTS=1")
    }
  }

  @Test func everyNameIsDecodedOnce() {
    let names = LayerTable.all.flatMap(\.types)
    let twice = Dictionary(grouping: names, by: \.self).filter { $0.value.count > 1 }.keys.sorted()
    #expect(twice == [])
  }
}
