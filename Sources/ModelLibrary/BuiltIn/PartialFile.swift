internal import Foundation

/// The `.partial` file of a download, locked by the one process that writes it.
///
/// The lock is the system's (`flock`) and ends with the process that holds it.
final class PartialFile: Sendable {
  let path: String
  private let descriptor: Int32

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Opens and locks the partial file of `target`, after waiting for whoever holds it.
  ///
  /// - Returns: nil if `target` itself exists, because it did before or another process has fetched it meanwhile.
  /// - Throws: `WeightsError.notWritten`.
  static func locked(
    for target: String, waiting: @Sendable () -> Void
  ) async throws(WeightsError) -> PartialFile? {
    let path = target + ".partial"
    var hasWaited = false
    while true {
      if FileManager.default.fileExists(atPath: target) { return nil }
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
      guard descriptor >= 0 else {
        throw .notWritten(path: path, reason: String(cString: strerror(errno)))
      }
      let file = PartialFile(path: path, descriptor: descriptor)
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        // Whoever held it may have renamed or deleted it between the opening and the lock.
        if file.isAtItsPath, !FileManager.default.fileExists(atPath: target) { return file }
        continue
      }
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw .notWritten(path: path, reason: "it cannot be locked: \(String(cString: strerror(errno)))")
      }
      if !hasWaited { waiting() }
      hasWaited = true
      do { try await Task.sleep(for: .milliseconds(200)) } catch {
        throw .notWritten(path: path, reason: "cancelled while another process fetches it")
      }
    }
  }

  private var isAtItsPath: Bool {
    var (mine, there) = (stat(), stat())
    return fstat(descriptor, &mine) == 0 && stat(path, &there) == 0 && mine.st_ino == there.st_ino
      && mine.st_dev == there.st_dev
  }

  var size: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Cuts or empties the file.
  func truncate(to size: Int) -> Bool { ftruncate(descriptor, off_t(size)) == 0 }

  /// Writes all bytes at a position; false if the system cannot, and `errno` says why.
  func write(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Bool {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(position + done))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  func discard() {
    if isAtItsPath { unlink(path) }
  }

  func discardIfEmpty() {
    if size == 0 { discard() }
  }
}
