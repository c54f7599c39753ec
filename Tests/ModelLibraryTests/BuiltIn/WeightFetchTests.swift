import Foundation
import Imaging
import ModelLibrary
import Testing

/// Fetching from a server on this machine, with every fault a network has.
@Suite struct WeightFetchTests {
  private static let content = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

  private func architecture(checksum: Checksum?, address: String = "http://127.0.0.1:1/weights.h5") throws
    -> BuiltInArchitecture
  {
    BuiltInArchitecture(
      name: "Test", file: "weights.h5", address: address, checksum: checksum, parameters: 12_500,
      inputSize: InputSize(height: 8, width: 8), preprocessing: try Preprocessing("tf"))
  }

  /// The checksum of the right content, taken of a file of it.
  private func rightSum(in folder: String) throws -> Checksum {
    let path = folder + "/right"
    try Data(Self.content).write(to: URL(fileURLWithPath: path))
    return try #require(Checksum(String(repeating: "0", count: 32))).ofFile(path)
  }

  @discardableResult
  private func withFolder<R>(_ body: (String) async throws -> R) async throws -> R {
    let folder = NSTemporaryDirectory() + "saliency-weights-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
  }

  /// Fetches from a server with a fault; the text of the error, or the file's size.
  private func fetch(
    _ fault: LoopbackServer.Fault? = nil, sum: Checksum? = nil, before: (String) throws -> Void = { _ in }
  ) async throws -> (result: String, ranges: [String], files: [String]) {
    try await withFolder { folder in
      let server = LoopbackServer(serving: Self.content, fault: fault)
      defer { server.stop() }
      let right = try rightSum(in: folder)
      let cache = WeightCache(folder: folder + "/cache")
      try FileManager.default.createDirectory(atPath: cache.folder, withIntermediateDirectories: true)
      try before(cache.folder + "/weights.h5.partial")
      var result: String
      do {
        let path = try await cache.fetch(
          architecture(checksum: sum ?? right), mirror: server.address, patience: 2)
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        result = data == Data(Self.content) ? "the file" : "\(data.count) other bytes"
      } catch {
        result = "\(error)".replacingOccurrences(of: server.address, with: "SERVER")
      }
      let files = try FileManager.default.contentsOfDirectory(atPath: cache.folder).sorted()
      return (result, server.ranges, files)
    }
  }

  @Test func fetchesAndVerifies() async throws {
    let fetched = try await fetch()
    #expect(fetched.result == "the file")
    #expect(fetched.ranges == [""])
    #expect(fetched.files == ["weights.h5"])
  }

  @Test func goesOnWhereACutConnectionStopped() async throws {
    let fetched = try await fetch(.cuts(after: 20_000, times: 1))
    #expect(fetched.result == "the file")
    #expect(fetched.ranges == ["", "bytes=20000-"])
  }

  @Test func goesOnWhereAnEarlierRunStopped() async throws {
    let fetched = try await fetch { path in
      try Data(Self.content.prefix(30_000)).write(to: URL(fileURLWithPath: path))
    }
    #expect(fetched.result == "the file")
    #expect(fetched.ranges == ["bytes=30000-"])
  }

  @Test func aConnectionThatIsAlwaysCutIsGivenUpAndKept() async throws {
    let fetched = try await fetch(.cuts(after: 1000, times: 100))
    #expect(
      fetched.result
        == "SERVER/weights.h5: the connection was cut after 3000 of 50000 bytes; run the command again to go on from there"
    )
    #expect(fetched.files == ["weights.h5.partial"])
  }

  @Test func wrongBytesAreDeleted() async throws {
    let wrong = try #require(Checksum(String(repeating: "0", count: 32)))
    let fetched = try await fetch(sum: wrong)
    #expect(fetched.result.hasPrefix("SERVER/weights.h5: its checksum is md5:"))
    #expect(
      fetched.result.hasSuffix(
        "wanted md5:\(String(repeating: "0", count: 32)); the file was deleted, as it is damaged or another"))
    #expect(fetched.files == [])
  }

  @Test func answersThatAreNotTheFile() async throws {
    #expect(
      try await fetch(.status(404)).result
        == "SERVER/weights.h5: the server has no such file (404); give another place with --mirror")
    #expect(try await fetch(.status(503)).result.contains("the server answered 503"))
  }

  @Test func slowServersAreWaitedForAndSilentOnesAreNot() async throws {
    #expect(try await fetch(.trickle).result == "the file")
    #expect(try await fetch(.silence).result.hasPrefix("SERVER/weights.h5: cannot be reached ("))
  }

  @Test func withoutANetworkItSaysSo() async throws {
    try await withFolder { folder in
      await #expect {
        _ = try await WeightCache(folder: folder).fetch(architecture(checksum: nil))
      } throws: { error in
        "\(error)".hasPrefix("http://127.0.0.1:1/weights.h5: cannot be reached (")
          && "\(error)".hasSuffix("fetch it elsewhere and give the file with --model")
      }
    }
  }

  @Test func whatIsNoHDF5FileIsDeletedWhereNoChecksumIsKnown() async throws {
    try await withFolder { folder in
      let server = LoopbackServer(serving: Array("<html>sign in</html>".utf8))
      defer { server.stop() }
      await #expect {
        _ = try await WeightCache(folder: folder).fetch(architecture(checksum: nil), mirror: server.address)
      } throws: { error in "\(error)".contains("not an HDF5 file: found an HTML page") }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty)
    }
  }
}
