internal import Foundation

/// Reads whole regular files.
///
/// Anything else under a path (a folder, a pipe, a device) is an error at once, never a wait.
public enum RegularFile {
  /// The bytes of a file; links are followed.
  ///
  /// - Parameter limit: The most bytes that such a file may have.
  /// - Throws: `FileProblem` if there is no regular file at the path, it cannot be read, or it is larger than `limit`.
  public static func bytes(of path: String, limit: Int) throws(FileProblem) -> [UInt8] {
    if let problem = problem(at: path) { throw problem }
    // Not to block, if the file was replaced by a pipe in the meantime.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(reason: String(cString: strerror(errno))) }
    guard status.st_size <= limit else { throw .tooLarge(limit: limit) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(status.st_size))
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(reason: String(cString: strerror(errno))) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
    }
  }

  /// Why there is no regular file at a path; nil if there is one.
  public static func problem(at path: String) -> FileProblem? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      let code = errno
      return code == ENOENT ? absence(of: path) : .unreadable(reason: String(cString: strerror(code)))
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return nil
    case S_IFDIR: return .directory
    case S_IFIFO: return .special("a named pipe")
    case S_IFSOCK: return .special("a socket")
    default: return .special("a device")
    }
  }

  private static func absence(of path: String) -> FileProblem {
    if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) {
      return .danglingLink(target: target)
    }
    // Swift replaces the bytes that are no UTF-8, so that the file cannot be found by the name any more.
    if path.contains("\u{FFFD}") { return .nameNotUTF8 }
    return .missing(suggestion: neighbour(of: path))
  }

  /// A file of the same folder with nearly the same name.
  private static func neighbour(of path: String) -> String? {
    let folder = path.enclosingFolder
    let name = (path as NSString).lastPathComponent
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    guard let near = nearest(to: name, in: files.sorted().filter { $0 != name }).first else { return nil }
    return folder.isEmpty ? near : (folder as NSString).appendingPathComponent(near)
  }
}

/// Why a path does not lead to a regular file that can be read.
public enum FileProblem: Error, Hashable, Sendable {
  /// Nothing is there; `suggestion` is the path of a file with nearly that name.
  case missing(suggestion: String?)
  /// A symbolic link to a path that does not exist.
  case danglingLink(target: String)
  /// The name is not UTF-8.
  case nameNotUTF8
  /// A directory.
  case directory
  /// Neither a file nor a folder; the text names it with its article.
  case special(String)
  /// More bytes than are read.
  case tooLarge(limit: Int)
  /// `reason` is the system's own sentence.
  case unreadable(reason: String)

  /// The problem as a sentence, to be put after the path and a colon.
  ///
  /// - Parameters:
  ///   - wanted: What the file should be, with its article, such as "a PNG or JPEG image".
  ///   - folderAdvice: What to do if it is a folder.
  public func sentence(wanted: String, folderAdvice: String = "name a file in it") -> String {
    switch self {
    case .missing(let suggestion):
      let advice = suggestion.map { "did you mean \"\($0)\"?" } ?? "check the path"
      return "no such file; wanted \(wanted); \(advice)"
    case .danglingLink(let target):
      return "found a link to \"\(target)\", which does not exist; wanted \(wanted); correct the link"
    case .nameNotUTF8:
      return "found a file name that is not UTF-8, wanted \(wanted) with a UTF-8 name; rename the file"
    case .directory: return "found a directory, wanted \(wanted); \(folderAdvice)"
    case .special(let kind):
      return "found \(kind), which is not a regular file; wanted \(wanted); save its content to a file first"
    case .tooLarge(let limit):
      let size = limit >= 1 << 30 ? "\(limit >> 30) GiB" : "\(limit >> 20) MiB"
      return "found more than \(size), wanted \(wanted); check the path"
    case .unreadable(let reason): return "cannot be read (\(reason)); wanted \(wanted)"
    }
  }
}
