import Foundation
import SaliencyCore
import Testing

@testable import Support

@Suite struct AtomicFileTests {
  private func withFolder<R>(_ body: (String) throws -> R) throws -> R {
    let folder = NSTemporaryDirectory() + "saliency-core-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  private func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }

  private struct Interrupted: Error {}

  @Test func aFileAppearsWhole() throws {
    try withFolder { folder in
      let path = folder + "/table.csv"
      try AtomicFile.write("one", to: path)
      #expect(text(path) == "one")
      try AtomicFile.write(to: path) { temporary in
        try Data("two".utf8).write(to: URL(fileURLWithPath: temporary))
        // Until the end, whoever reads the path sees the old file.
        #expect(text(path) == "one")
      }
      #expect(text(path) == "two")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["table.csv"])
    }
  }

  @Test func aFailureLeavesTheOldFileAndNothingElse() throws {
    try withFolder { folder in
      let path = folder + "/table.csv"
      try AtomicFile.write("one", to: path)
      #expect(throws: Interrupted.self) {
        try AtomicFile.write(to: path) { temporary in
          try Data("half".utf8).write(to: URL(fileURLWithPath: temporary))
          throw Interrupted()
        }
      }
      #expect(text(path) == "one")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["table.csv"])
    }
  }

  @Test func whereItCannotBeWrittenIsSaid() throws {
    try withFolder { folder in
      let missing = folder + "/none/table.csv"
      let error = #expect(throws: FileWriteError.self) { try AtomicFile.write("x", to: missing) }
      #expect(
        error?.description
          == "cannot write \(missing): the folder \(folder)/none does not exist; create it first")
      try AtomicFile.write("x", to: folder + "/file")
      let inFile = folder + "/file/table.csv"
      let notFolder = #expect(throws: FileWriteError.self) { try AtomicFile.write("x", to: inFile) }
      #expect(notFolder?.description == "cannot write \(inFile): \(folder)/file is a file, wanted a folder")
      // A folder stands where the file should go: refused, and nothing is left beside it.
      try FileManager.default.createDirectory(atPath: folder + "/taken", withIntermediateDirectories: true)
      let taken = #expect(throws: FileWriteError.self) { try AtomicFile.write("x", to: folder + "/taken") }
      #expect(taken?.description.hasPrefix("cannot write \(folder)/taken: ") == true)
      #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == ["file", "taken"])
    }
  }

  /// Writers of one path at one time do not spoil each other: the file is one of theirs, whole.
  @Test func writersOfOnePathDoNotMix() async throws {
    let folder = NSTemporaryDirectory() + "saliency-core-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/table.csv"
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<16 {
        group.addTask { try AtomicFile.write(String(repeating: "\(writer % 10)", count: 100_000), to: path) }
      }
      try await group.waitForAll()
    }
    let found = try #require(text(path))
    #expect(found.count == 100_000)
    #expect(Set(found).count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["table.csv"])
  }
}
