internal import Foundation
internal import HDF5

extension BuiltInArchitecture {
  /// The most bytes that the weights' file may have: HDF5 adds a few KB for each layer to four bytes a parameter.
  var largestBytes: Int { approximateBytes + approximateBytes / 8 + (16 << 20) }
}

extension WeightCache {
  /// Limits of a download besides its size.
  public struct FetchLimits: Sendable {
    /// How often a broken connection is tried again.
    public var attempts = 3
    /// Seconds without an answer, and the seconds over which the rate is measured.
    public var patience = 30.0
    /// Bytes a second below which a server is given up.
    public var minimumRate = 1024.0

    public init() {}
  }

  /// Fetches an architecture's weights: resumes an interrupted download, and returns no file that is not verified.
  ///
  /// A file of a size that the architecture cannot have is refused. Several processes that fetch one file wait for the first.
  ///
  /// - Parameters:
  ///   - mirror: Where to fetch from instead: an address to which the file's name is added.
  ///   - waiting: Called once if another process is fetching the file.
  ///   - progress: Called with the bytes received and the bytes in all.
  /// - Returns: The path of the file.
  /// - Throws: `WeightsError`.
  public func fetch(
    _ architecture: BuiltInArchitecture, mirror: String? = nil, limits: FetchLimits = FetchLimits(),
    waiting: @Sendable () -> Void = {},
    progress: @escaping @Sendable (_ received: Int, _ total: Int?) -> Void = { _, _ in }
  ) async throws(WeightsError) -> String {
    let path = path(of: architecture)
    let address =
      mirror.map { ($0.hasSuffix("/") ? $0 : $0 + "/") + architecture.file } ?? architecture.address
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .notWritten(path: folder, reason: error.localizedDescription)
    }
    guard let file = try await PartialFile.locked(for: path, waiting: waiting) else { return path }
    defer { file.discardIfEmpty() }
    var attempt = 1
    while true {
      do throws(WeightsError) {
        try await Transfer(
          address: address, file: file, limit: architecture.largestBytes, limits: limits, progress: progress
        ).run()
        break
      } catch {
        guard case .cut = error, attempt < limits.attempts else { throw error }
        attempt += 1
      }
    }
    try verify(file, architecture, address: address)
    guard rename(file.path, path) == 0 else {
      throw .notWritten(path: path, reason: String(cString: strerror(errno)))
    }
    return path
  }

  /// Checks a complete file, and deletes it if it is not what was wanted.
  private func verify(
    _ file: PartialFile, _ architecture: BuiltInArchitecture, address: String
  ) throws(WeightsError) {
    do {
      if let wanted = architecture.checksum {
        let found = try wanted.ofFile(file.path)
        guard found == wanted else {
          throw WeightsError.wrongChecksum(address: address, found: found, wanted: wanted)
        }
      } else {
        _ = try HDF5Reader(path: file.path)
      }
    } catch let error as WeightsError {
      file.discard()
      throw error
    } catch {
      file.discard()
      throw .notWeights(
        address: address, reason: "\(error)".replacingOccurrences(of: file.path + ": ", with: ""))
    }
  }
}
