import Foundation
import HDF5
import Testing

/// A path in the temporary folder that is removed when `body` ends.
func withTemporaryPath<R>(_ name: String, _ body: (String) throws -> R) throws -> R {
  let folder = NSTemporaryDirectory() + "saliency-hdf5-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder + "/" + name)
}

@Suite struct HDF5ReaderTests {
  private static let values = (0..<24).map { Float($0) / 7 }

  private func write(to path: String) throws {
    try HDF5Writer.write(to: path) { file in
      try file.dataset("maps/cat/gradient", shape: [2, 3, 4], Self.values)
      try file.dataset("scalar", shape: [], [42])
      try file.group("empty")
      try file.attribute("title", "Grad-CAM für Katzen")
      try file.attribute("classes", ["boxer", "tiger cat"], of: "maps")
      try file.attribute("samples", 50, of: "maps/cat/gradient")
      try file.attribute("noise", 0.15, of: "maps/cat/gradient")
      try file.attribute("means", [104.0, 117, 123], of: "maps")
    }
  }

  @Test func aPipeIsRefusedAtOnce() throws {
    try withTemporaryPath("pipe.h5") { path in
      #expect(mkfifo(path, 0o600) == 0)
      #expect(throws: HDF5Error.cannotOpen(file: path, reason: "it is not a regular file")) {
        _ = try OpenFile(path: path).size
      }
    }
  }

  @Test func readsBackWhatTheWriterWrote() throws {
    try withTemporaryPath("maps.h5") { path in
      try write(to: path)
      var file = try HDF5Reader(path: path)
      let index = file.index
      let (gradient, scalar) = (try file.floats(at: "maps/cat/gradient"), try file.floats(at: "/scalar"))
      #expect(index.groups() == ["empty", "maps"])
      #expect(index.datasets() == ["scalar"])
      #expect(index.groups(in: "maps") == ["cat"])
      #expect(index.datasets(in: "/maps/cat/") == ["gradient"])
      #expect(index.dataset(at: "maps/cat/gradient")?.shape == [2, 3, 4])
      #expect(index.string("title") == "Grad-CAM für Katzen")
      #expect(index.strings("classes", of: "maps") == ["boxer", "tiger cat"])
      #expect(index.number("samples", of: "maps/cat/gradient") == 50)
      #expect(index.number("noise", of: "maps/cat/gradient") == 0.15)
      #expect(index.attribute("means", of: "maps") == .doubles([104, 117, 123]))
      #expect(gradient == Self.values)
      #expect(scalar == [42])
    }
  }

  @Test func namesWhatIsThereWhereADatasetIsMissing() throws {
    try withTemporaryPath("maps.h5") { path in
      try write(to: path)
      #expect(
        throws: HDF5Error.missing(file: path, object: "dataset \"maps/cat/grad\"", known: ["gradient"])
      ) {
        let file = try HDF5Reader(path: path)
        _ = try file.dataset(at: "maps/cat/grad")
      }
    }
  }

  @Test func aFailedWriteLeavesNothingBehind() throws {
    struct Stop: Error {}
    try withTemporaryPath("maps.h5") { path in
      #expect(throws: Stop.self) {
        try HDF5Writer.write(to: path) { file in
          try file.dataset("a", shape: [1], [1])
          throw Stop()
        }
      }
      let folder = (path as NSString).deletingLastPathComponent
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty)
      #expect(throws: HDF5Error.notWritten(file: "/nowhere/maps.h5", what: "No such file or directory")) {
        try HDF5Writer.write(to: "/nowhere/maps.h5") { _ in }
      }
    }
  }

  @Test func severalFilesAreReadAtOnce() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<16 {
        group.addTask {
          try withTemporaryPath("maps.h5") { path in
            try self.write(to: path)
            var file = try HDF5Reader(path: path)
            let values = try file.floats(at: "maps/cat/gradient")
            #expect(values == Self.values)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
