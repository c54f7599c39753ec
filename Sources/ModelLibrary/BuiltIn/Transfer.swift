internal import CCurl
internal import Foundation

/// One request through libcurl, whose answer is appended to a partial file: the one file that imports it.
///
/// Not URLSession, which traps on a `Content-Length` of 2^63 - 1 and waits on a redirect to `file:`. Bounded in size and in time:
/// an answer longer than `limit` and a server slower than the minimum rate are errors.
struct Transfer: Sendable {
  let address: String
  let file: PartialFile
  let limit: Int
  let limits: WeightCache.FetchLimits
  let progress: @Sendable (_ received: Int, _ total: Int?) -> Void

  private static let isInitialised = ccurl_start() != 0

  /// - Throws: `WeightsError`; after `.cut` and `.tooSlow` the file holds what came.
  func run() async throws(WeightsError) {
    let failure = await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: perform()) }
    }
    if let failure { throw failure }
  }

  /// Makes the request and waits for its end; what went wrong, or nil.
  private func perform() -> WeightsError? {
    guard address.hasPrefix("http://") || address.hasPrefix("https://") else {
      return .offline(address: address, reason: "found no http or https address")
    }
    guard Self.isInitialised, let handle = curl_easy_init() else {
      return .offline(address: address, reason: "libcurl cannot be started")
    }
    defer { curl_easy_cleanup(handle) }
    // More than the whole file is not a part of it.
    if file.size > limit { _ = file.truncate(to: 0) }
    let answer = Answer(to: self, handle, present: file.size)
    configure(handle, present: answer.received)
    let result = withExtendedLifetime(answer) {
      ccurl_set_receivers(
        handle, receiveBody, receiveHead, Unmanaged.passUnretained(answer).toOpaque())
      return curl_easy_perform(handle)
    }
    let failure = answer.failure ?? self.failure(result, answer)
    if answer.isWhole, failure != nil { _ = file.truncate(to: 0) }
    return failure
  }

  private func configure(_ handle: UnsafeMutableRawPointer, present: Int) {
    _ = ccurl_set_text(handle, CURLOPT_URL, address)
    ccurl_allow_web_only(handle)
    _ = ccurl_set_number(handle, CURLOPT_FOLLOWLOCATION, 1)
    _ = ccurl_set_number(handle, CURLOPT_MAXREDIRS, 10)
    _ = ccurl_set_number(handle, CURLOPT_NOSIGNAL, 1)
    _ = ccurl_set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, Int(limits.patience * 1000))
    _ = ccurl_set_number(handle, CURLOPT_LOW_SPEED_LIMIT, Int(limits.minimumRate))
    _ = ccurl_set_number(handle, CURLOPT_LOW_SPEED_TIME, max(Int(limits.patience), 1))
    _ = ccurl_set_size(handle, CURLOPT_MAXFILESIZE_LARGE, limit)
    // A compressed answer has other positions than the file, so that it cannot be resumed; one that comes all the same is
    // unpacked.
    _ = ccurl_set_text(handle, CURLOPT_ACCEPT_ENCODING, "identity")
    if present > 0 { _ = ccurl_set_text(handle, CURLOPT_RANGE, "\(present)-") }
    // As the command `curl` does.
    let environment = ProcessInfo.processInfo.environment
    if let certificates = environment["CURL_CA_BUNDLE"] ?? environment["SSL_CERT_FILE"], !certificates.isEmpty
    {
      _ = ccurl_set_text(handle, CURLOPT_CAINFO, certificates)
    }
  }

  private func failure(_ result: CURLcode, _ answer: Answer) -> WeightsError? {
    if answer.isComplete { return nil }
    switch result {
    case CURLE_OK:
      // An answer without a body has not been looked at yet.
      return answer.begin() || answer.isComplete ? nil : answer.failure
    case CURLE_FILESIZE_EXCEEDED:
      return .tooLarge(address: address, found: answer.declaredLength, limit: limit)
    case CURLE_UNSUPPORTED_PROTOCOL:
      return .badRedirect(address: address, to: answer.location ?? "another protocol")
    case CURLE_OPERATION_TIMEDOUT where answer.isOpen:
      return .tooSlow(address: address, minimum: Int(limits.minimumRate), seconds: Int(limits.patience))
    case _ where answer.isOpen:
      return .cut(address: address, received: answer.received, wanted: answer.total)
    default:
      return .offline(address: address, reason: String(cString: curl_easy_strerror(result)))
    }
  }
}

/// An answer as it arrives, on the thread that waits for it.
private final class Answer {
  private let transfer: Transfer
  private let handle: UnsafeMutableRawPointer
  private(set) var received: Int
  /// Bytes of the whole file, if the answer declares them.
  private(set) var total: Int?
  private(set) var failure: WeightsError?
  /// Whether its body is being written.
  private(set) var isOpen = false
  /// Whether the server says that there is no more than what was there.
  private(set) var isComplete = false
  /// Whether what came cannot be continued by a later request.
  private(set) var isWhole = false
  /// Lines of the last head: `location`, `content-range`, `content-encoding`, `content-length`.
  private var fields: [String: String] = [:]

  init(to transfer: Transfer, _ handle: UnsafeMutableRawPointer, present: Int) {
    self.transfer = transfer
    self.handle = handle
    received = present
  }

  var location: String? { fields["location"] }

  /// The length that the answer declares for the file, with what was there before it.
  var declaredLength: Int? { fields["content-length"].flatMap { Int($0) } }

  func take(line: String) {
    if line.hasPrefix("HTTP/") { return fields = [:] }
    let parts = line.split(separator: ":", maxSplits: 1).map {
      $0.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    if parts.count == 2 { fields[parts[0].lowercased()] = parts[1] }
  }

  /// Writes a part of the body; false ends the transfer.
  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard isOpen || begin() else { return false }
    guard bytes.count <= transfer.limit - received else {
      failure = .tooLarge(address: transfer.address, found: nil, limit: transfer.limit)
      isWhole = true
      return false
    }
    guard transfer.file.write(bytes, at: received) else {
      failure = .notWritten(path: transfer.file.path, reason: String(cString: strerror(errno)))
      return false
    }
    received += bytes.count
    transfer.progress(received, total)
    return true
  }

  /// Reads the head of the last answer; false if its body is not wanted, and `failure` says why.
  func begin() -> Bool {
    if isOpen { return true }
    switch ccurl_status(handle) {
    case 200: received = 0
    case 206 where start == received: break
    case 206:
      // Another part than was asked for: begin again from the start.
      isWhole = true
      failure = .cut(address: transfer.address, received: 0, wanted: nil)
      return false
    case 416:
      // The file is as long as what is there, or shorter: the checksum will tell.
      isComplete = true
      return false
    case let status:
      failure = .refused(address: transfer.address, status: Int(status))
      return false
    }
    isWhole = fields["content-encoding"].map { $0.lowercased() != "identity" } ?? false
    let length = Int(ccurl_declared_length(handle))
    // The length of a compressed answer is not that of the file.
    total = length < 0 || isWhole ? nil : received + min(length, transfer.limit)
    guard transfer.file.truncate(to: received) else {
      failure = .notWritten(path: transfer.file.path, reason: String(cString: strerror(errno)))
      return false
    }
    isOpen = true
    return true
  }

  /// The first position of a partial answer: `bytes 20000-49999/50000`.
  private var start: Int? {
    fields["content-range"]?.split(whereSeparator: { $0 == " " || $0 == "-" }).dropFirst().first.flatMap {
      Int($0)
    }
  }
}

/// libcurl's callbacks: the number of bytes taken, of which anything but all ends the transfer.
private func receiveBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  let answer = Unmanaged<Answer>.fromOpaque(context).takeUnretainedValue()
  return answer.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

private func receiveHead(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: size * count), as: UTF8.self)
  Unmanaged<Answer>.fromOpaque(context).takeUnretainedValue().take(line: line)
  return size * count
}
