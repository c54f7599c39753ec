import Foundation
import SaliencyCore
import Testing

@testable import Support

/// What is no regular file is an error at once, and never waited for.
@Suite struct RegularFileTests {
  private func withFolder<R>(_ body: (String) throws -> R) throws -> R {
    let folder = NSTemporaryDirectory() + "saliency-core-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  private func problem(_ path: String) -> FileProblem? {
    do {
      _ = try RegularFile.bytes(of: path, limit: 100)
      return nil
    } catch {
      return error
    }
  }

  @Test func filesAreReadWhole() throws {
    try withFolder { folder in
      let bytes = (0..<100).map { UInt8($0) }
      try Data(bytes).write(to: URL(fileURLWithPath: folder + "/a"))
      try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "a")
      for name in ["a", "link"] {
        #expect(try RegularFile.bytes(of: "\(folder)/\(name)", limit: 100) == bytes)
      }
      try Data(bytes + [0]).write(to: URL(fileURLWithPath: folder + "/long"))
      #expect(problem(folder + "/long") == .tooLarge(limit: 100))
    }
  }

  @Test func pipesDevicesFoldersAndLinks() throws {
    try withFolder { folder in
      #expect(mkfifo(folder + "/pipe", 0o600) == 0)
      #expect(problem(folder + "/pipe") == .special("a named pipe"))
      #expect(problem("/dev/zero") == .special("a device"))
      #expect(problem(folder) == .directory)
      try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "gone.png")
      #expect(problem(folder + "/link") == .danglingLink(target: "gone.png"))
      #expect(
        FileProblem.danglingLink(target: "gone.png").sentence(wanted: "an image")
          == "found a link to \"gone.png\", which does not exist; wanted an image; correct the link")
      #expect(
        FileProblem.special("a named pipe").sentence(wanted: "an image")
          == "found a named pipe, which is not a regular file; wanted an image; save its content to a file first"
      )
    }
  }

  @Test func aNameIsNeverSuggestedForItself() throws {
    try withFolder { folder in
      try Data([1]).write(to: URL(fileURLWithPath: folder + "/cat.png"))
      #expect(problem(folder + "/cta.png") == .missing(suggestion: folder + "/cat.png"))
      // A name in Latin-1, as Swift hands it out.
      #expect(problem(folder + "/caf\u{FFFD}.png") == .nameNotUTF8)
      #expect(problem(folder + "/zebra") == .missing(suggestion: nil))
    }
  }
}
