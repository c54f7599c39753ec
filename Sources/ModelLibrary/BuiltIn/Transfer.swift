internal import Foundation
internal import Synchronization

#if canImport(FoundationNetworking)
  internal import FoundationNetworking
#endif

/// One request, whose answer is appended to a partial file.
///
/// Bounded in size and in time: an answer longer than `limit` and a server slower than the minimum rate are errors.
final class Transfer: NSObject, URLSessionDataDelegate, Sendable {
  private struct State {
    var received: Int
    var total: Int?
    var failure: WeightsError?
    /// Whether an answer came that is being written.
    var isOpen = false
    /// Whether what came cannot be continued by a later request, as a compressed answer cannot.
    var isWhole = false
    var done: CheckedContinuation<WeightsError?, Never>?
  }

  private let address: String
  private let file: PartialFile
  private let limit: Int
  private let limits: WeightCache.FetchLimits
  private let progress: @Sendable (Int, Int?) -> Void
  private let state: Mutex<State>

  init(
    from address: String, into file: PartialFile, limit: Int, limits: WeightCache.FetchLimits,
    progress: @escaping @Sendable (Int, Int?) -> Void
  ) {
    self.address = address
    self.file = file
    self.limit = limit
    self.limits = limits
    self.progress = progress
    // More than the whole file is not a part of it.
    if file.size > limit { _ = file.truncate(to: 0) }
    state = Mutex(State(received: file.size))
  }

  /// - Throws: `WeightsError`; after `.cut` and `.tooSlow` the file holds what came.
  func run() async throws(WeightsError) {
    guard let url = URL(string: address), Self.isWeb(url) else {
      throw .offline(address: address, reason: "found no http or https address")
    }
    var request = URLRequest(
      url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: limits.patience)
    // Compressed answers have other positions than the file, so that they cannot be resumed.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    let present = state.withLock(\.received)
    if present > 0 { request.setValue("bytes=\(present)-", forHTTPHeaderField: "Range") }
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = limits.patience
    let session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
    let task = session.dataTask(with: request)
    let watch = Task { await self.watch(task, from: present) }
    let failure = await withCheckedContinuation { continuation in
      state.withLock { $0.done = continuation }
      task.resume()
    }
    watch.cancel()
    session.invalidateAndCancel()
    if state.withLock({ $0.isWhole && failure != nil }) { _ = file.truncate(to: 0) }
    if let failure { throw failure }
  }

  private static func isWeb(_ url: URL) -> Bool { ["http", "https"].contains(url.scheme?.lowercased()) }

  /// Ends the transfer as soon as a stretch of `patience` seconds brings less than the minimum rate.
  private func watch(_ task: URLSessionDataTask, from present: Int) async {
    var before = present
    while (try? await Task.sleep(for: .seconds(limits.patience))) != nil {
      let now = state.withLock(\.received)
      guard Double(now - before) < limits.minimumRate * limits.patience else {
        before = now
        continue
      }
      let rate = Int(Double(max(now - before, 0)) / limits.patience)
      let isOpen = state.withLock(\.isOpen)
      fail(
        isOpen
          ? .tooSlow(address: address, bytesPerSecond: rate, minimum: Int(limits.minimumRate))
          : .offline(address: address, reason: "no answer in \(limits.patience) seconds"), task)
      return
    }
  }

  /// Ends the transfer with an error, without waiting for the session.
  private func fail(_ error: WeightsError, _ task: URLSessionTask) {
    state.withLock { $0.failure = $0.failure ?? error }
    task.cancel()
    finish(nil)
  }

  private func finish(_ error: (any Error)?) {
    let (done, failure) = state.withLock { state in
      let done = state.done
      state.done = nil
      return (done, state.failure ?? Self.failure(error, state, address: address))
    }
    done?.resume(returning: failure)
  }

  private static func failure(_ error: (any Error)?, _ state: State, address: String) -> WeightsError? {
    if state.total == state.received { return nil }
    guard state.isOpen || error == nil else {
      return .offline(address: address, reason: error?.localizedDescription ?? "no answer")
    }
    if error == nil, state.total == nil, state.isOpen { return nil }
    return .cut(address: address, received: state.received, wanted: state.total)
  }

  // MARK: What the session reports

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
  ) {
    guard let url = request.url, Self.isWeb(url) else {
      completionHandler(nil)
      return fail(
        .badRedirect(address: address, to: request.url?.absoluteString ?? "no address"), task)
    }
    completionHandler(request)
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    let isFine = state.withLock { state in begin(response, &state) }
    completionHandler(isFine ? .allow : .cancel)
  }

  /// Reads the head of an answer; false if its body is not wanted.
  private func begin(_ response: URLResponse, _ state: inout State) -> Bool {
    guard let answer = response as? HTTPURLResponse else {
      state.failure = .refused(address: address, status: 0)
      return false
    }
    switch answer.statusCode {
    case 200: state.received = 0
    case 206 where Self.start(of: answer) == state.received: break
    case 206:
      // Another part than was asked for: begin again from the start.
      state.isWhole = true
      state.failure = .cut(address: address, received: 0, wanted: nil)
      return false
    case 416:
      // The file is as long as what is there, or shorter: the checksum will tell.
      state.total = state.received
      return false
    default:
      state.failure = .refused(address: address, status: answer.statusCode)
      return false
    }
    let encoding = answer.value(forHTTPHeaderField: "Content-Encoding")?.lowercased() ?? "identity"
    state.isWhole = encoding != "identity"
    let length = Int(clamping: response.expectedContentLength)
    let (total, overflow) = state.received.addingReportingOverflow(max(length, 0))
    guard !overflow, total <= limit else {
      state.failure = .tooLarge(address: address, found: overflow ? .max : total, limit: limit)
      return false
    }
    // The length of a compressed answer is not that of the file.
    state.total = length < 0 || state.isWhole ? nil : total
    guard file.truncate(to: state.received) else {
      state.failure = .notWritten(path: file.path, reason: String(cString: strerror(errno)))
      return false
    }
    state.isOpen = true
    return true
  }

  /// The first position of a partial answer: `Content-Range: bytes 20000-49999/50000`.
  private static func start(of answer: HTTPURLResponse) -> Int? {
    answer.value(forHTTPHeaderField: "Content-Range")?
      .split(whereSeparator: { $0 == " " || $0 == "-" }).dropFirst().first.flatMap { Int($0) }
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let news = state.withLock { state -> (Int, Int?)? in
      guard state.isOpen, state.failure == nil else { return nil }
      guard data.count <= limit - state.received else {
        state.failure = .tooLarge(address: address, found: state.received + data.count, limit: limit)
        state.isWhole = true
        return nil
      }
      guard file.write(data, at: state.received) else {
        state.failure = .notWritten(path: file.path, reason: String(cString: strerror(errno)))
        return nil
      }
      state.received += data.count
      return (state.received, state.total)
    }
    if let news { progress(news.0, news.1) } else { dataTask.cancel() }
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    finish(error)
  }
}
