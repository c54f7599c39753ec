internal import Foundation
internal import GRDB
internal import SaliencyCore
internal import Support

/// A copy of a store on a file system that several machines see: never written by SQLite there, only replaced as a whole.
///
/// A reader on any node sees the copy before or the copy after, whatever is killed when.
struct SharedCopy: Sendable {
  /// Where the copy stands: `.../0003-of-0128/store.sqlite`.
  let path: String

  var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// Makes the copy anew from a store on this machine's own disk.
  ///
  /// - Throws: `ShardError.notPublished`.
  func publish(_ store: ResultStore) throws(ShardError) {
    let snapshot = store.path + ".snapshot"
    do {
      try? FileManager.default.removeItem(atPath: snapshot)
      // One consistent, compact file without a log beside it.
      try store.database.writeWithoutTransaction {
        try $0.execute(sql: "VACUUM INTO ?", arguments: [snapshot])
      }
      defer { try? FileManager.default.removeItem(atPath: snapshot) }
      try DurableFile.copy(snapshot, to: path)
    } catch {
      throw .notPublished(path: path, reason: "\(error)")
    }
  }

  /// Begins a store on this machine's disk from the copy, if there is one.
  func fetch(to local: String) throws(ShardError) {
    guard exists else { return }
    do {
      try DurableFile.copy(path, to: local)
    } catch {
      throw .notPublished(path: local, reason: "\(error)")
    }
  }
}

/// Files that are there as a whole or not at all, also after the machine lost its power.
enum DurableFile {
  /// Copies a file under another name into place: written beside, synchronised with the disk, renamed, and the folder
  /// synchronised.
  static func copy(_ source: String, to path: String) throws {
    let partial = TemporaryName.path(beside: path)
    let input = open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw Problem(source) }
    defer { close(input) }
    do {
      let output = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      guard output >= 0 else { throw Problem(partial) }
      defer { close(output) }
      try copy(from: input, to: output, partial)
      guard fsync(output) == 0 else { throw Problem(partial) }
    } catch {
      unlink(partial)
      throw error
    }
    try move(partial, to: path)
  }

  /// Renames a file that has been synchronised, and synchronises the folder.
  static func move(_ source: String, to path: String) throws {
    guard rename(source, path) == 0 else {
      let problem = Problem(path)
      unlink(source)
      throw problem
    }
    let folder = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    // Some network file systems refuse this and need it not.
    _ = fsync(folder)
    close(folder)
  }

  private static func folder(of path: String) -> String {
    let folder = path.enclosingFolder
    return folder.isEmpty ? "." : folder
  }

  private static func copy(from input: Int32, to output: Int32, _ name: String) throws {
    let size = 1 << 20
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = read(input, buffer.baseAddress, size)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Problem(name) }
      guard count > 0 else { return }
      var done = 0
      while done < count {
        let written = write(output, buffer.baseAddress?.advanced(by: done), count - done)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw Problem(name) }
        done += written
      }
    }
  }

  /// What the system said.
  struct Problem: Error, CustomStringConvertible {
    let description: String

    init(_ path: String) { description = "\(path): \(String(cString: strerror(errno)))" }
  }
}
