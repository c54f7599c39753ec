import Foundation
import HDF5
import Testing

@Suite struct FileContentTests {
  private func error(reading bytes: [UInt8]) throws -> String {
    try withTemporaryPath("model.h5") { path in
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      do {
        _ = try HDF5Reader(path: path)
        return "no error"
      } catch {
        return "\(error)".replacingOccurrences(of: path, with: "FILE")
      }
    }
  }

  @Test func saysWhatAFileIsThatIsNotHDF5() throws {
    #expect(try error(reading: []) == "FILE: not an HDF5 file: found an empty file")
    #expect(
      try error(reading: Array("version https://git-lfs.github.com/spec/v1\noid sha256:12\n".utf8))
        == "FILE: not an HDF5 file: found a Git LFS pointer, not the file it points to; "
        + "run `git lfs pull` where it came from")
    #expect(
      try error(reading: Array("<!DOCTYPE html><html></html>".utf8))
        == "FILE: not an HDF5 file: found an HTML page; the download gave a web page instead of the file")
    #expect(try error(reading: Array("Hello there\n".utf8)) == "FILE: not an HDF5 file: found text")
    #expect(try error(reading: Array(" {\"a\": 1}".utf8)) == "FILE: not an HDF5 file: found JSON text")
    #expect(try error(reading: [0x50, 0x4B, 3, 4, 0]) == "FILE: not an HDF5 file: found a zip archive")
    #expect(try error(reading: [0, 1, 2, 3]) == "FILE: not an HDF5 file: found bytes of no known kind")
    #expect(
      try error(reading: [0xEF, 0xBF, 0xBD, 0x48, 0x44, 0x46, 0x0D])
        == "FILE: not an HDF5 file: found an HDF5 file ruined by a round trip through UTF-8 text "
        + "(it starts EF BF BD 48 44 46); fetch it again as binary")
  }

  @Test func saysHowMuchOfATruncatedFileIsMissing() throws {
    try withTemporaryPath("whole.h5") { path in
      try HDF5Writer.write(to: path) {
        try $0.dataset("a", shape: [1000], [Float](repeating: 1, count: 1000))
      }
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(
        try error(reading: Array(whole.prefix(1500)))
          == "FILE: not an HDF5 file: found a truncated HDF5 file: 1500 bytes of \(whole.count); fetch it again"
      )
      #expect(
        try error(reading: Array(whole.prefix(10))).hasPrefix("FILE: not an HDF5 file: found a truncated"))
    }
  }

  @Test func missingFilesAndDirectories() throws {
    #expect(throws: HDF5Error.cannotOpen(file: "/nowhere.h5", reason: "no such file")) {
      _ = try HDF5Reader(path: "/nowhere.h5")
    }
    #expect(throws: HDF5Error.cannotOpen(file: "/tmp", reason: "it is a directory")) {
      _ = try HDF5Reader(path: "/tmp")
    }
  }
}
