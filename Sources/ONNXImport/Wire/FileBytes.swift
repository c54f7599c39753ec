internal import Glibc

/// A whole file in memory: mapped, so that weights are not copied.
///
/// Pages come from the system's cache when they are first read. A file that is overwritten in place meanwhile changes what is
/// read; a file renamed into its place does not.
final class FileBytes: @unchecked Sendable {
  // `@unchecked`: the memory is never written to.
  let start: UnsafeMutableRawPointer
  let count: Int
  private let isMapped: Bool

  /// Maps a regular file; nil if it is empty or the system cannot, and `errno` says why.
  init?(path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0,
      let start = mmap(nil, Int(status.st_size), PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0),
      start != UnsafeMutableRawPointer(bitPattern: -1)
    else { return nil }
    self.start = start
    count = Int(status.st_size)
    isMapped = true
  }

  /// A copy of bytes in memory.
  init(_ bytes: [UInt8]) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
    bytes.withUnsafeBytes {
      if let source = $0.baseAddress { memory.copyMemory(from: source, byteCount: $0.count) }
    }
    start = memory
    count = bytes.count
    isMapped = false
  }

  deinit { if isMapped { munmap(start, count) } else { start.deallocate() } }
}

/// A part of a file, which it keeps in memory.
struct ByteRange: Sendable {
  let file: FileBytes
  let range: Range<Int>

  init(_ file: FileBytes, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= file.count, "bytes outside the file")
    self.file = file
    self.range = range
  }

  init(_ file: FileBytes) { self.init(file, 0..<file.count) }

  var count: Int { range.count }

  /// Reads the bytes in place.
  func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    withExtendedLifetime(file) {
      body(UnsafeRawBufferPointer(start: file.start + range.lowerBound, count: range.count))
    }
  }

  /// The bytes as UTF-8; what is none, and what is no character of a line, is replaced.
  var text: String {
    withBytes { bytes in
      let isPlain = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
      let text = String(decoding: bytes, as: UTF8.self)
      return isPlain
        ? text
        : String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "\u{FFFD}" : Character($0) })
    }
  }
}
