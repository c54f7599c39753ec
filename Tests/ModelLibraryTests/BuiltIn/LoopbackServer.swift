import Foundation
import Synchronization

/// A web server on this machine that serves one file, with faults.
final class LoopbackServer: Sendable {
  enum Fault: Sendable {
    /// The first `times` connections end after some bytes of their answer.
    case cuts(after: Int, times: Int)
    case status(Int)
    /// Nothing is answered.
    case silence
    /// A few bytes at a time.
    case trickle
    /// One byte, ten times a second.
    case drip
    /// This in place of the length of the answer; nil for no length. The answer has so many bytes.
    case declares(length: String?, bytes: Int)
    /// The file in gzip, whatever was asked for.
    case gzip
    case redirect(to: String)
    /// A part that starts elsewhere than was asked for.
    case wrongPart
  }

  let port: UInt16
  private let listener: Int32
  private let content: [UInt8]
  private let fault: Fault?
  private let served = Mutex<[String]>([])

  /// The `Range` of each request so far, or an empty text.
  var ranges: [String] { served.withLock { $0 } }

  var address: String { "http://127.0.0.1:\(port)" }

  init(serving content: [UInt8], fault: Fault? = nil) {
    self.content = content
    self.fault = fault
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = self.listener
    withUnsafeMutablePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        _ = bind(listener, generic, length)
        _ = listen(listener, 8)
        _ = getsockname(listener, generic, &length)
      }
    }
    port = UInt16(bigEndian: place.sin_port)
    Thread.detachNewThread { [self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        answer(connection)
        close(connection)
      }
    }
  }

  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func answer(_ connection: Int32) {
    var request = [UInt8](repeating: 0, count: 8192)
    let count = recv(connection, &request, request.count, 0)
    let text = String(decoding: request.prefix(max(count, 0)), as: UTF8.self)
    let range =
      text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("range: ") }?.dropFirst(7) ?? ""
    let number = served.withLock { served in
      served.append(String(range))
      return served.count
    }
    let start = Int(range.dropFirst("bytes=".count).dropLast()) ?? 0
    switch fault {
    case .status(let code)?: send(connection, head: "\(code) No", ["Content-Length: 0"])
    case .silence?: sleep(until: connection)
    case .redirect(let target)?:
      send(connection, head: "302 Found", ["Location: \(target)", "Content-Length: 0"])
    case .declares(let length, let bytes)?:
      send(connection, head: "200 OK", length.map { ["Content-Length: \($0)"] } ?? [])
      let piece = [UInt8](repeating: 7, count: 1 << 16)
      for _ in 0..<(bytes / piece.count) where !send(connection, piece) { return }
    case .gzip?:
      let packed = Gzip.stored(content)
      send(connection, head: "200 OK", ["Content-Encoding: gzip", "Content-Length: \(packed.count)"])
      send(connection, packed)
    default: sendContent(connection, from: start, number: number)
    }
  }

  /// Sends the file from a position on.
  private func sendContent(_ connection: Int32, from start: Int, number: Int) {
    let body = Array(content[min(start, content.count)...])
    var first = start
    if case .wrongPart? = fault { first = 7 }
    let length = "Content-Length: \(body.count)"
    if start > 0 {
      let range = "Content-Range: bytes \(first)-\(content.count - 1)/\(content.count)"
      send(connection, head: "206 Partial Content", [range, length])
    } else {
      send(connection, head: "200 OK", [length])
    }
    switch fault {
    case .cuts(let after, let times)? where number <= times: send(connection, Array(body.prefix(after)))
    case .trickle?:
      for piece in stride(from: 0, to: body.count, by: 1000) {
        send(connection, Array(body[piece..<min(piece + 1000, body.count)]))
        usleep(10_000)
      }
    case .drip?:
      for byte in body {
        guard send(connection, [byte]) else { return }
        usleep(100_000)
      }
    default: send(connection, body)
    }
  }

  private func send(_ connection: Int32, head: String, _ fields: [String]) {
    let lines = ["HTTP/1.1 \(head)"] + fields + ["Connection: close", "", ""]
    send(connection, Array(lines.joined(separator: "\r\n").utf8))
  }

  /// Waits until the other side gives up.
  private func sleep(until connection: Int32) {
    var byte: UInt8 = 0
    while recv(connection, &byte, 1, 0) > 0 {}
  }

  /// Whether the other side took all of it.
  @discardableResult
  private func send(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}

/// The gzip format without compression (RFC 1952, stored blocks of RFC 1951).
private enum Gzip {
  static func stored(_ content: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var start = 0
    while start < content.count {
      let block = Array(content[start..<min(start + 65535, content.count)])
      start += block.count
      bytes.append(start == content.count ? 1 : 0)
      bytes += number(block.count, 2) + number(~block.count & 0xFFFF, 2) + block
    }
    return bytes + number(Int(checksum(content)), 4) + number(content.count, 4)
  }

  private static func number(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func checksum(_ content: [UInt8]) -> UInt32 {
    var sum = UInt32.max
    for byte in content {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
    }
    return ~sum
  }
}
