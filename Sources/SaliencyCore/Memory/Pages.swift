internal import Foundation

/// Large memory, straight from the system and straight back to it.
///
/// An allocator keeps what is freed, in pieces; after a network of 500 MB the process would hold most of it for good.
/// A buffer starts on a page of 2 MB, where the system has them: a fault for each 4 KB of packed weights takes three
/// times as long as packing them.
enum Pages {
  /// The smallest buffer that is worth a mapping of its own, in bytes.
  static let smallest = 2 << 20
  private static let huge = 2 << 20

  /// Zeroed memory, or nil if there is none; `bytes` is a multiple of 4 KB.
  ///
  /// - Parameter isHuge: Whether to request pages of 2 MB.
  static func map(_ bytes: Int, isHuge: Bool = true) -> UnsafeMutableRawPointer? {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard isHuge else {
      let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0)
      return start == MAP_FAILED ? nil : start
    }
    guard let whole = mmap(nil, bytes + huge, PROT_READ | PROT_WRITE, flags, -1, 0), whole != MAP_FAILED
    else {
      return nil
    }
    // What lies before the first boundary of a large page, and what is left behind the buffer, goes back at once.
    let before = (huge - Int(bitPattern: whole) % huge) % huge
    let start = whole + before
    if before > 0 { munmap(whole, before) }
    munmap(start + bytes, huge - before)
    #if os(Linux)
      // If the system refuses, nothing changes.
      _ = madvise(start, bytes, 14)  // MADV_HUGEPAGE, which Swift's Glibc does not name.
    #endif
    return start
  }

  static func unmap(_ start: UnsafeMutableRawPointer, _ bytes: Int) { munmap(start, bytes) }

  /// Releases the pages of a mapped file that lie wholly within `bytes`; reading them maps them again from the system's copy
  /// of the file.
  static func forget(_ start: UnsafeRawPointer, _ bytes: Int) {
    let page = Int(getpagesize())
    let first = (Int(bitPattern: start) + page - 1) / page * page
    let last = (Int(bitPattern: start) + bytes) / page * page
    guard first < last, let place = UnsafeMutableRawPointer(bitPattern: first) else { return }
    // If the system refuses, nothing changes.
    _ = madvise(place, last - first, MADV_DONTNEED)
  }
}
