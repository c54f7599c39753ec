import Foundation
import Testing

/// `saliency-check zoo` names the folder that it cannot compare.
@Suite(.enabled(if: BuiltProgram("saliency-check") != nil, "skipped: no saliency-check beside the tests"))
struct ZooTests {
  private let expected = "expected a folder with models and their NAME.ref.h5"

  @Test func foldersThatCannotBeCompared() throws {
    let program = try #require(BuiltProgram("saliency-check"))
    let folder = NSTemporaryDirectory() + "saliency-zoo-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }

    let missing = try program.run(["zoo", folder + "/nothing"])
    #expect(missing.status == 1)
    #expect(missing.errors == "Error: \(folder)/nothing: found no such folder, \(expected)\n")
    let empty = try program.run(["zoo", folder])
    #expect(empty.status == 1)
    #expect(empty.errors == "Error: \(folder): found 0 files without a reference, \(expected)\n")
  }
}
