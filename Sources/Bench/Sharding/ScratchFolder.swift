internal import Foundation

/// A folder of this process's own on the machine's disk; those that dead processes left are handed over.
///
/// A living owner holds a lock on a file in it, which the system lets go when the process ends, however that happens.
final class ScratchFolder: Sendable {
  let path: String
  /// The folders of the same name that dead processes left.
  let abandoned: [String]
  private let locks: [Int32]

  /// Makes the folder `parent/name.PID`.
  ///
  /// - Throws: `StoreError.folderNotWritable`, `.littleSpace`.
  init(in parent: String, named name: String) throws(StoreError) {
    try DiskSpace.prepare(parent)
    path = (parent as NSString).appendingPathComponent(
      "\(name).\(getpid())-\(UInt32.random(in: 0 ... .max))")
    let found = Self.entries(of: parent, prefix: name + ".").compactMap { folder in
      Self.lock(folder).map { (folder, $0) }
    }
    abandoned = found.map(\.0)
    try DiskSpace.prepare(path)
    guard let lock = Self.lock(path) else {
      throw .folderNotWritable(path: path, reason: "another process works in it")
    }
    locks = found.map(\.1) + [lock]
  }

  deinit { for lock in locks { close(lock) } }

  func removeAbandoned() { for folder in abandoned { try? FileManager.default.removeItem(atPath: folder) } }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// - Returns: nil if another process holds the lock, or the folder belongs to another user.
  private static func lock(_ folder: String) -> Int32? {
    let file = open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard file >= 0 else { return nil }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      close(file)
      return nil
    }
    return file
  }

  private static func entries(of folder: String, prefix: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { $0.hasPrefix(prefix) }.map { (folder as NSString).appendingPathComponent($0) }
  }
}
