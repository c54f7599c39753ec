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
    let body = Array(content[min(start, content.count)...])
    var head = "HTTP/1.1 200 OK\r\n"
    if start > 0 {
      head =
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes \(start)-\(content.count - 1)/\(content.count)\r\n"
    }
    if case .status(let code)? = fault {
      return send(
        connection, Array("HTTP/1.1 \(code) No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8))
    }
    if case .silence? = fault { return sleep(until: connection) }
    send(connection, Array((head + "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n").utf8))
    switch fault {
    case .cuts(let after, let times)? where number <= times: send(connection, Array(body.prefix(after)))
    case .trickle?:
      for piece in stride(from: 0, to: body.count, by: 1000) {
        send(connection, Array(body[piece..<min(piece + 1000, body.count)]))
        usleep(10_000)
      }
    default: send(connection, body)
    }
  }

  /// Waits until the other side gives up.
  private func sleep(until connection: Int32) {
    var byte: UInt8 = 0
    while recv(connection, &byte, 1, 0) > 0 {}
  }

  private func send(_ connection: Int32, _ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }
}
