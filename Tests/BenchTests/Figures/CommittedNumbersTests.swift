import Foundation
import Methods
import Testing

@testable import Bench

/// What is made now is what is committed: the same rows, and the same numbers but for the rounding of other processors.
@Suite struct CommittedNumbersTests {
  /// Those that take no more than a second or two.
  static let quick = ["simonyan-2014", "selvaraju-2017", "everyday-objects", "failure-cases"]

  @Test(arguments: quick)
  func theNumbersAreThoseCommitted(_ name: String) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("numbers-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let committed = ExperimentsTests.folder(of: name)
    let maker = try Reproducer(
      path: "\(committed)/experiment.yaml", catalogs: Catalogs(methods: .standard))
    let written = try maker.run(into: folder.path, formats: ["svg"])
    #expect(written.remarks.isEmpty)
    for drawing in written.files where drawing.hasSuffix(".svg") {
      let text = try String(contentsOfFile: "\(folder.path)/\(drawing)", encoding: .utf8)
      #expect(!text.contains("…"), "\(name)/\(drawing): a text is cut off")
    }
    let tables = written.files.filter { $0.hasSuffix(".csv") }
    #expect(!tables.isEmpty)
    for table in tables {
      let (now, then) = try (rows("\(folder.path)/\(table)"), rows("\(committed)/\(table)"))
      #expect(now.count == then.count, "\(name)/\(table)")
      for (row, wanted) in zip(now, then) { check(row, wanted, "\(name)/\(table)") }
    }
  }

  private func rows(_ path: String) throws -> [[Substring]] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
  }

  private func check(_ row: [Substring], _ wanted: [Substring], _ place: String) {
    #expect(row.count == wanted.count, "\(place)")
    // Two places that are nearly as high can change ranks: where the highest one is, is no number to hold.
    guard !row.contains("shift") else { return }
    for (now, then) in zip(row, wanted) {
      if let number = Double(now), let committed = Double(then) {
        #expect(
          abs(number - committed) <= 0.02 * max(1, abs(committed)), "\(place): \(row), committed \(wanted)")
      } else {
        #expect(now == then, "\(place): \(row), committed \(wanted)")
      }
    }
  }
}
