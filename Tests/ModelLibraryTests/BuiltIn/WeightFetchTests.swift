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

  private var limits: WeightCache.FetchLimits {
    var limits = WeightCache.FetchLimits()
    limits.patience = 2
    return limits
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
          architecture(checksum: sum ?? right), mirror: server.address, limits: limits)
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
        == "SERVER/weights.h5: the connection was cut after 3000 of 50000 bytes; run the command again to resume"
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

  // MARK: Bounds

  /// What the architecture of these tests can have at most: 50,000 bytes, an eighth more, and 16 MiB.
  private static let limit = 50_000 + 6250 + (16 << 20)

  @Test func moreThanTheWeightsCanHaveIsRefused() async throws {
    let declared = try await fetch(.declares(length: "9223372036854775807", bytes: 1 << 16))
    #expect(
      declared.result.hasPrefix("SERVER/weights.h5: found 9223372036854775807 bytes, expected"),
      "\(declared.result)")
    #expect(
      declared.result.hasSuffix("expected at most \(Self.limit); give another place with --mirror"),
      "\(declared.result)")
    #expect(declared.files == [])
    let undeclared = try await fetch(.declares(length: nil, bytes: 64 << 20))
    #expect(undeclared.result.hasSuffix("expected at most \(Self.limit); give another place with --mirror"))
    #expect(undeclared.files == [])
  }

  @Test func aPartialFileThatIsTooLargeIsBegunAgain() async throws {
    let fetched = try await fetch { path in
      try Data(repeating: 1, count: Self.limit + 1).write(to: URL(fileURLWithPath: path))
    }
    #expect(fetched.result == "the file")
    #expect(fetched.ranges == [""])
  }

  @Test func compressedAnswersAreTheFileAllTheSame() async throws {
    let fetched = try await fetch(.gzip)
    #expect(fetched.result == "the file")
    #expect(fetched.files == ["weights.h5"])
  }

  @Test func anotherPartThanWasAskedForIsNotAppended() async throws {
    let fetched = try await fetch(.wrongPart) { path in
      try Data(Self.content.prefix(30_000)).write(to: URL(fileURLWithPath: path))
    }
    #expect(fetched.result == "the file")
    #expect(fetched.ranges == ["bytes=30000-", ""])
  }

  @Test(arguments: ["file:///etc/hostname", "ftp://127.0.0.1/x"])
  func redirectsLeadToTheWebOnly(_ target: String) async throws {
    let fetched = try await fetch(.redirect(to: target))
    #expect(
      fetched.result
        == "SERVER/weights.h5: found a redirect to \(target), expected http or https; give another place with --mirror"
    )
    #expect(fetched.files == [])
  }

  @Test func addressesOfFilesAreNotFetched() async throws {
    try await withFolder { folder in
      await #expect {
        _ = try await WeightCache(folder: folder).fetch(
          architecture(checksum: nil), mirror: "file://" + folder)
      } throws: { error in "\(error)".contains("found no http or https address") }
    }
  }

  @Test func aServerBelowTheMinimumRateIsGivenUpAndKept() async throws {
    let fetched = try await fetch(.drip)
    #expect(
      fetched.result.contains(
        "found less than 1024 bytes a second over 2 seconds, expected more; run the command again to resume"))
    #expect(fetched.files == ["weights.h5.partial"])
  }

  @Test func severalFetchesAtOnceWaitForTheFirst() async throws {
    try await withFolder { folder in
      let server = LoopbackServer(serving: Self.content, fault: .trickle)
      defer { server.stop() }
      let right = try rightSum(in: folder)
      let architecture = try architecture(checksum: right)
      let cache = WeightCache(folder: folder + "/cache")
      let paths = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<3 {
          group.addTask { try await cache.fetch(architecture, mirror: server.address) }
        }
        return try await group.reduce(into: [String]()) { $0.append($1) }
      }
      #expect(paths == Array(repeating: cache.folder + "/weights.h5", count: 3))
      #expect(server.ranges == [""])
      #expect(try FileManager.default.contentsOfDirectory(atPath: cache.folder) == ["weights.h5"])
    }
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
