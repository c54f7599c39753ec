internal import Glibc

/// A whole file as memory, for as long as anyone holds it.
///
/// Nothing is copied: pages come from the system's cache when they are first looked at, and what is written to them
/// stays private. Whoever overwrites the file in place meanwhile changes what is read, or, by shortening it, ends the
/// process; a file renamed into its place does neither.
package final class FileMapping: @unchecked Sendable {
  // `@unchecked`: the memory is the caller's to keep exclusive, as with any buffer.
  let bytes: UnsafeMutableRawBufferPointer

  /// Maps an open file; nil if the system cannot.
  init?(_ file: borrowing OpenFile) {
    guard file.size > 0,
      let start = mmap(nil, file.size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file.descriptor, 0),
      start != UnsafeMutableRawPointer(bitPattern: -1)
    else { return nil }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: file.size)
  }

  deinit { munmap(bytes.baseAddress, bytes.count) }
}
