internal import CHDF5Child
internal import Glibc
internal import Synchronization

/// Debian's libhdf5 is not thread-safe: every call to it, and every fork that will go on to call it, holds this.
let libhdf5 = Mutex(())

/// The child process in which libhdf5 reads one file, and the socket to it; it ends with the value.
struct ReaderChild: ~Copyable {
  /// Memory the child may map beyond what it inherits, besides twice the size of the file.
  private static let memory: UInt64 = 256 << 20
  /// Seconds of processor time for the whole index, of which no single step may take more than one; real files take a
  /// tenth of a second at most.
  private static let indexSeconds: UInt32 = 4
  /// Seconds without a byte after which the child is given up, however little time it got.
  private static let patience: Int32 = 30
  /// Bytes of records after which an index is absurd.
  private static let mostBytes = 512 << 20

  private let file: String
  private let socket: Int32
  private var child: pid_t?
  private var buffer = [UInt8](repeating: 0, count: 65536)
  private var position = 0
  private var filled = 0
  private var received = 0

  init(reading file: borrowing OpenFile) throws(HDF5Error) {
    var started: pid_t = 0
    let descriptor = file.descriptor
    let memory = Self.memory + 2 * UInt64(file.size)
    let socket = libhdf5.withLock { _ in
      chdf5_child_start(descriptor, memory, Self.indexSeconds, &started)
    }
    guard socket >= 0 else {
      throw .cannotOpen(
        file: file.name, reason: "no process could be started to read it: \(String(cString: strerror(errno)))"
      )
    }
    self.file = file.name
    self.socket = socket
    self.child = started
  }

  deinit {
    close(socket)
    if let child { _ = chdf5_child_end(child) }
  }

  /// A number in the machine's byte order.
  mutating func value<Value: FixedWidthInteger>(_: Value.Type) throws(HDF5Error) -> Value {
    var value = Value.zero
    if filled - position >= MemoryLayout<Value>.size {
      value = buffer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Value.self) }
      position += MemoryLayout<Value>.size
      return value
    }
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: MemoryLayout<Value>.size, alignment: 16)
    defer { target.deallocate() }
    try bytes(into: target)
    value = target.loadUnaligned(as: Value.self)
    return value
  }

  /// Text with its length before it.
  mutating func text() throws(HDF5Error) -> String {
    let count = Int(try value(UInt32.self))
    guard received + count < Self.mostBytes else {
      throw .damaged(file: file, what: "its index is absurdly long")
    }
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { target.deallocate() }
    try bytes(into: target)
    return String(decoding: target, as: UTF8.self)
  }

  /// Fills `target` from the socket.
  mutating func bytes(into target: UnsafeMutableRawBufferPointer) throws(HDF5Error) {
    var done = 0
    while done < target.count {
      if position == filled, target.count - done >= buffer.count {
        done += try receive(UnsafeMutableRawBufferPointer(rebasing: target[done...]))
        continue
      }
      if position == filled { try refill() }
      let part = min(target.count - done, filled - position)
      buffer.withUnsafeBytes { source in
        UnsafeMutableRawBufferPointer(rebasing: target[done..<done + part])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[position..<position + part]))
      }
      position += part
      done += part
    }
  }

  /// Asks for a dataset, whose values then come as blocks.
  mutating func request(_ path: String, count: Int) throws(HDF5Error) {
    let name = Array(path.utf8)
    var message = withUnsafeBytes(of: UInt32(name.count)) { Array($0) } + name
    message += withUnsafeBytes(of: UInt64(count)) { Array($0) }
    var sent = 0
    while sent < message.count {
      let count = message.withUnsafeBytes { all in
        let rest = UnsafeRawBufferPointer(rebasing: all[sent...])
        return send(socket, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw death() }
      sent += count
    }
  }

  private mutating func refill() throws(HDF5Error) {
    var fresh = buffer
    buffer = []
    defer { buffer = fresh }
    position = 0
    filled = 0
    let got: Int
    do {
      got = try fresh.withUnsafeMutableBytes { try receive($0) }
    } catch let error as HDF5Error {
      throw error
    } catch {
      throw .damaged(file: file, what: "\(error)")
    }
    filled = got
    received += got
  }

  /// Some bytes, as many as there are.
  private mutating func receive(_ target: UnsafeMutableRawBufferPointer) throws(HDF5Error) -> Int {
    while true {
      var watched = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      let ready = poll(&watched, 1, Self.patience * 1000)
      if ready < 0 && errno == EINTR { continue }
      guard ready > 0 else {
        _ = end()
        throw .tooSlow(file: file)
      }
      let got = recv(socket, target.baseAddress, target.count, 0)
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else { throw death() }
      return got
    }
  }

  private mutating func end() -> Int32 {
    guard let child else { return 0 }
    self.child = nil
    return chdf5_child_end(child)
  }

  /// Reaps the child that has gone before its time, and says how it went.
  private mutating func death() -> HDF5Error {
    switch end() {
    case 0: .damaged(file: file, what: "libhdf5 gave up on it")
    case SIGXCPU, SIGPROF: .tooSlow(file: file)
    case let signal: .crashed(file: file, signal: signal)
    }
  }
}
