internal import Foundation
internal import HDF5
internal import Synchronization

#if canImport(FoundationNetworking)
  internal import FoundationNetworking
#endif

extension WeightCache {
  /// Fetches an architecture's weights: what came before is not asked for again, and nothing unverified is used.
  ///
  /// - Parameters:
  ///   - mirror: Where to fetch from instead: an address to which the file's name is added.
  ///   - progress: Called with the bytes there are and the bytes there will be.
  /// - Returns: The path of the file.
  /// - Throws: `WeightsError`.
  public func fetch(
    _ architecture: BuiltInArchitecture, mirror: String? = nil, attempts: Int = 3, patience: Double = 30,
    progress: @escaping @Sendable (_ received: Int, _ total: Int?) -> Void = { _, _ in }
  ) async throws(WeightsError) -> String {
    let path = path(of: architecture)
    if holds(architecture) { return path }
    let address =
      mirror.map { ($0.hasSuffix("/") ? $0 : $0 + "/") + architecture.file } ?? architecture.address
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .notWritten(path: folder, reason: error.localizedDescription)
    }
    let partial = path + ".partial"
    var attempt = 1
    while true {
      do throws(WeightsError) {
        try await Transfer(address: address, path: partial, patience: patience, progress: progress).run()
        break
      } catch {
        guard case .cut = error, attempt < attempts else { throw error }
        attempt += 1
      }
    }
    try verify(partial, architecture, address: address)
    guard rename(partial, path) == 0 else {
      throw .notWritten(path: path, reason: String(cString: strerror(errno)))
    }
    return path
  }

  /// Checks a file that has come whole, and deletes it where it is not what was wanted.
  private func verify(
    _ path: String, _ architecture: BuiltInArchitecture, address: String
  ) throws(WeightsError) {
    do {
      if let wanted = architecture.checksum {
        let found = try wanted.ofFile(path)
        guard found == wanted else {
          throw WeightsError.wrongChecksum(address: address, found: found, wanted: wanted)
        }
      } else {
        _ = try HDF5Reader(path: path)
      }
    } catch let error as WeightsError {
      unlink(path)
      throw error
    } catch {
      unlink(path)
      throw .notWeights(address: address, reason: "\(error)".replacingOccurrences(of: path + ": ", with: ""))
    }
  }
}

/// One request, whose answer goes to the end of a file.
private final class Transfer: NSObject, URLSessionDataDelegate, Sendable {
  private struct State {
    var file: FileHandle?
    var received: Int
    var total: Int?
    var failure: WeightsError?
    var done: CheckedContinuation<WeightsError?, Never>?
  }

  private let address: String
  private let path: String
  private let patience: Double
  private let progress: @Sendable (Int, Int?) -> Void
  private let state: Mutex<State>

  init(address: String, path: String, patience: Double, progress: @escaping @Sendable (Int, Int?) -> Void) {
    self.address = address
    self.path = path
    self.patience = patience
    self.progress = progress
    let present = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    state = Mutex(State(received: present))
  }

  func run() async throws(WeightsError) {
    guard let url = URL(string: address), url.scheme != nil else {
      throw .offline(address: address, reason: "it is no address")
    }
    var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: patience)
    let present = state.withLock(\.received)
    if present > 0 { request.setValue("bytes=\(present)-", forHTTPHeaderField: "Range") }
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = patience
    let session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
    defer { session.finishTasksAndInvalidate() }
    let failure = await withCheckedContinuation { continuation in
      state.withLock { $0.done = continuation }
      session.dataTask(with: request).resume()
    }
    if let failure { throw failure }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    let answer = response as? HTTPURLResponse
    let status = answer?.statusCode ?? 0
    let isFine = state.withLock { state in
      switch status {
      case 200: state.received = 0
      case 206: break
      case 416:
        // What is there already is as long as the file, or longer: the checksum will tell.
        state.total = state.received
        return false
      default:
        state.failure = .refused(address: address, status: status)
        return false
      }
      let length = Int(response.expectedContentLength)
      state.total = length >= 0 ? state.received + length : nil
      return open(&state)
    }
    completionHandler(isFine ? .allow : .cancel)
  }

  private func open(_ state: inout State) -> Bool {
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    do {
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try file.truncate(atOffset: UInt64(state.received))
      state.file = file
      return true
    } catch {
      state.failure = .notWritten(path: path, reason: error.localizedDescription)
      return false
    }
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let news = state.withLock { state -> (Int, Int?)? in
      do {
        try state.file?.write(contentsOf: data)
        state.received += data.count
        return (state.received, state.total)
      } catch {
        state.failure = .notWritten(path: path, reason: error.localizedDescription)
        return nil
      }
    }
    if let news { progress(news.0, news.1) } else { dataTask.cancel() }
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    let (done, failure) = state.withLock { state in
      try? state.file?.close()
      let done = state.done
      state.done = nil
      return (done, state.failure ?? Self.failure(error, state, address: address))
    }
    done?.resume(returning: failure)
  }

  private static func failure(_ error: (any Error)?, _ state: State, address: String) -> WeightsError? {
    if state.total == state.received { return nil }
    guard state.total != nil || state.file != nil || error == nil else {
      return .offline(address: address, reason: error?.localizedDescription ?? "no answer")
    }
    if error == nil, state.total == nil, state.file != nil { return nil }
    return .cut(address: address, received: state.received, wanted: state.total)
  }
}
