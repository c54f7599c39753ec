internal import Glibc
internal import Support

/// A file open for reading, closed when the value ends.
public struct OpenFile: ~Copyable {
  let descriptor: Int32
  /// Bytes, as they were when the file was opened.
  public let size: Int
  /// What it is called in messages.
  public let name: String

  /// Opens a file.
  /// - Throws: `HDF5Error.cannotOpen` if it is missing, not a regular file or not permitted.
  public init(path: String) throws(HDF5Error) {
    // O_NONBLOCK: a named pipe is refused at once; reading a regular file does not change.
    try self.init(descriptor: open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), name: path)
  }

  /// Takes over a descriptor that `open` or the like has returned.
  /// - Throws: `HDF5Error.cannotOpen` if it is negative or not of a regular file.
  public init(descriptor: Int32, name: String) throws(HDF5Error) {
    guard descriptor >= 0 else {
      throw .cannotOpen(
        file: name, reason: errno == ENOENT ? "no such file" : String(cString: strerror(errno)))
    }
    var status = stat()
    let kind = fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0
    guard kind == S_IFREG else {
      close(descriptor)
      throw .cannotOpen(
        file: name, reason: kind == S_IFDIR ? "it is a directory" : "it is not a regular file")
    }
    self.descriptor = descriptor
    self.size = Int(status.st_size)
    self.name = name
  }

  deinit { close(descriptor) }

  /// What its first bytes show it to be.
  public var content: FileContent { .of(descriptor: descriptor, size: size) }

  /// Bytes that one thread reads at a time of a long stretch.
  private static let piece = 8 << 20

  /// Fills a buffer with the bytes from `offset` on; a long one on every processor, as copying is what takes the time.
  /// - Throws: `HDF5Error.damaged` if the file ends before, `cannotOpen` if the system cannot read it.
  public func read(at offset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(HDF5Error) {
    guard bytes.count >= 4 * Self.piece else { return try readPiece(at: offset, into: bytes) }
    let target = UncheckedBuffer(bytes: bytes)
    let reader = PieceReader(descriptor: descriptor, size: size, name: name)
    let failures = WorkerThread.map((bytes.count + Self.piece - 1) / Self.piece) { index -> HDF5Error? in
      let start = index * Self.piece
      let end = min(start + Self.piece, target.bytes.count)
      let part = UnsafeMutableRawBufferPointer(rebasing: target.bytes[start..<end])
      do throws(HDF5Error) {
        try reader.read(at: offset + start, into: part)
        return nil
      } catch {
        return error
      }
    }
    if let error = failures.compactMap(\.self).first { throw error }
  }

  private func readPiece(at offset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(HDF5Error) {
    try PieceReader(descriptor: descriptor, size: size, name: name).read(at: offset, into: bytes)
  }

  /// The whole content, for small files such as JSON.
  /// - Throws: `HDF5Error.cannotOpen` if it is longer than `limit` bytes or cannot be read.
  public func bytes(limit: Int) throws(HDF5Error) -> [UInt8] {
    guard size <= limit else {
      throw .cannotOpen(file: name, reason: "\(size) bytes, more than the \(limit) that such a file may have")
    }
    var bytes = [UInt8](repeating: 0, count: size)
    do {
      try bytes.withUnsafeMutableBytes { try read(at: 0, into: $0) }
    } catch let error as HDF5Error {
      throw error
    } catch {
      throw .cannotOpen(file: name, reason: "\(error)")
    }
    return bytes
  }
}

/// Reads a stretch of a file whose descriptor outlives it.
private struct PieceReader: Sendable {
  let descriptor: Int32
  let size: Int
  let name: String

  func read(at offset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(HDF5Error) {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
      let got = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .cannotOpen(file: name, reason: String(cString: strerror(errno))) }
      guard got > 0 else {
        throw .damaged(file: name, what: "it ends at \(size) bytes, in the middle of its data")
      }
      done += got
    }
  }
}

/// `@unchecked`: each thread writes pieces of its own.
private struct UncheckedBuffer: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer
}
