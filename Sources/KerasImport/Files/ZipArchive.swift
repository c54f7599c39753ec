internal import CZip
internal import Foundation
import HDF5

/// A zip archive open for reading, through libzip.
package struct ZipArchive: ~Copyable {
  private let archive: OpaquePointer
  package let path: String

  /// Opens an archive.
  /// - Throws: `LoadError.notAModel` if it is damaged or names a path outside itself.
  package init(path: String) throws(LoadError) {
    var code: Int32 = 0
    guard let archive = zip_open(path, Int32(ZIP_RDONLY | ZIP_CHECKCONS), &code) else {
      var error = zip_error_t()
      zip_error_init_with_code(&error, code)
      defer { zip_error_fini(&error) }
      let reason = zip_error_strerror(&error).map { String(cString: $0) } ?? "error \(code)"
      throw .notAModel(file: path, found: "a damaged zip archive (\(reason))")
    }
    if let name = Self.names(in: archive).first(where: Self.leadsOutside) {
      zip_discard(archive)
      throw .notAModel(file: path, found: "a zip archive with a path outside itself, \"\(name)\"")
    }
    self.archive = archive
    self.path = path
  }

  deinit { zip_discard(archive) }

  package var names: [String] { Self.names(in: archive) }

  private static func leadsOutside(_ name: String) -> Bool {
    let parts = name.split(whereSeparator: { $0 == "/" || $0 == "\\" })
    return name.hasPrefix("/") || name.hasPrefix("\\") || parts.contains("..") || name.contains(":")
  }

  private static func names(in archive: OpaquePointer) -> [String] {
    (0..<UInt64(max(zip_get_num_entries(archive, 0), 0))).compactMap { index in
      zip_get_name(archive, index, 0).map { String(cString: $0) }
    }
  }

  /// The content of a small entry, or nil if there is none of that name.
  package func bytes(of name: String, limit: Int) throws(LoadError) -> [UInt8]? {
    guard let size = try size(of: name) else { return nil }
    guard size <= limit else {
      throw .notAModel(file: path, found: "a zip archive with \(size) bytes of \(name)")
    }
    var content: [UInt8] = []
    content.reserveCapacity(size)
    try read(name, size: size) { content += $0 }
    return content
  }

  /// An entry as a file of its own without a name, which goes when it is closed; nil if there is none.
  ///
  /// Reading it whole is also what checks the sum that the archive keeps of it.
  func file(of name: String) throws(LoadError) -> OpenFile? {
    guard let size = try size(of: name) else { return nil }
    let descriptor = Self.temporaryFile()
    guard descriptor >= 0 else {
      throw .file(.cannotOpen(file: path, reason: "no temporary file: \(String(cString: strerror(errno)))"))
    }
    var failure: Int32 = 0
    do {
      try read(name, size: size) { bytes in
        var done = 0
        while done < bytes.count, failure == 0 {
          let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
          let count = write(descriptor, rest.baseAddress, rest.count)
          if count > 0 { done += count } else if errno != EINTR { failure = errno }
        }
      }
    } catch {
      close(descriptor)
      throw error
    }
    guard failure == 0 else {
      close(descriptor)
      throw .file(
        .cannotOpen(
          file: path, reason: "its weights cannot be unpacked: \(String(cString: strerror(failure)))"))
    }
    do {
      return try OpenFile(descriptor: descriptor, name: "\(path)/\(name)")
    } catch {
      throw .file(error)
    }
  }

  private static func temporaryFile() -> Int32 {
    let folder = NSTemporaryDirectory()
    let unnamed = open(folder, O_RDWR | O_CLOEXEC | temporaryFileFlag, 0o600)
    if unnamed >= 0 { return unnamed }
    var template = Array((folder + "saliency-XXXXXX").utf8CString)
    let descriptor = mkstemp(&template)
    if descriptor >= 0 { unlink(template) }
    return descriptor
  }

  private func size(of name: String) throws(LoadError) -> Int? {
    var status = zip_stat_t()
    zip_stat_init(&status)
    guard zip_stat(archive, name, 0, &status) == 0 else { return nil }
    // Weights hardly shrink: more than this is a bomb.
    guard status.size <= status.comp_size.multipliedReportingOverflow(by: 100).partialValue &+ (16 << 20),
      status.size < 1 << 40, status.encryption_method == 0
    else { throw .notAModel(file: path, found: "a zip archive whose \(name) claims \(status.size) bytes") }
    return Int(status.size)
  }

  private func read(_ name: String, size: Int, _ take: (UnsafeRawBufferPointer) -> Void) throws(LoadError) {
    guard let entry = zip_fopen(archive, name, 0) else { throw damaged(name) }
    defer { zip_fclose(entry) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var total = 0
    while true {
      let count = zip_fread(entry, buffer.baseAddress, UInt64(buffer.count))
      guard count >= 0, total + Int(count) <= size else { throw damaged(name) }
      if count == 0 { break }
      total += Int(count)
      take(UnsafeRawBufferPointer(rebasing: buffer[..<Int(count)]))
    }
    guard total == size else { throw damaged(name) }
  }

  private func damaged(_ name: String) -> LoadError {
    .notAModel(file: path, found: "a damaged zip archive: \(name) does not unpack to what its checksum says")
  }
}

/// `O_TMPFILE`, which the C library's header composes in a way Swift does not see.
private let temporaryFileFlag: Int32 = 0o20000000 | O_DIRECTORY
