internal import Glibc

/// What a file's first bytes show it to be, whatever its name says.
public enum FileContent: Sendable, Hashable {
  /// A directory.
  case directory
  /// An empty file.
  case empty
  /// An HDF5 file.
  case hdf5
  /// An HDF5 file that says itself it should be longer.
  case truncatedHDF5(bytes: Int, declared: Int)
  /// An HDF5 file ruined by reading it as UTF-8 text and writing it again.
  case mangledHDF5
  /// A ZIP archive, as `.keras` files are.
  case zip
  /// JSON text.
  case json
  /// A Git LFS pointer instead of the file.
  case gitLFSPointer
  /// An HTML page.
  case html
  /// Other text.
  case text
  /// An image; the name of its format.
  case image(String)
  /// A Python pickle, as PyTorch writes.
  case pickle
  /// Anything else.
  case unknown

  /// What it is and, where it helps, what to do, as in "found ...".
  public var description: String {
    switch self {
    case .directory: "a directory"
    case .empty: "an empty file"
    case .hdf5: "an HDF5 file"
    case .truncatedHDF5(let bytes, let declared):
      "a truncated HDF5 file: \(bytes) bytes of \(declared); fetch it again"
    case .mangledHDF5:
      "an HDF5 file ruined by a round trip through UTF-8 text (it starts EF BF BD 48 44 46); "
        + "fetch it again as binary"
    case .zip: "a zip archive"
    case .json: "JSON text"
    case .gitLFSPointer: "a Git LFS pointer, not the file it points to; run `git lfs pull` where it came from"
    case .html: "an HTML page; the download gave a web page instead of the file"
    case .text: "text"
    case .image(let kind): "a \(kind) image"
    case .pickle: "a Python pickle, which is never loaded"
    case .unknown: "bytes of no known kind"
    }
  }
}

extension FileContent {
  /// Looks at the first bytes of an open file of `size` bytes.
  static func of(descriptor: Int32, size: Int) -> FileContent {
    guard size > 0 else { return .empty }
    var head = [UInt8](repeating: 0, count: min(size, 512))
    let got = pread(descriptor, &head, head.count, 0)
    guard got > 0 else { return .unknown }
    head.removeLast(head.count - got)
    if let start = superblockOffset(descriptor: descriptor, size: size) {
      return truncation(descriptor: descriptor, start: start, size: size) ?? .hdf5
    }
    return of(head)
  }

  /// What the first bytes of a file other than HDF5 are.
  static func of(_ head: [UInt8]) -> FileContent {
    func starts(_ prefix: [UInt8]) -> Bool { head.starts(with: prefix) }
    if starts([0xEF, 0xBF, 0xBD, 0x48, 0x44, 0x46]) { return .mangledHDF5 }
    if starts([0x50, 0x4B, 0x03, 0x04]) || starts([0x50, 0x4B, 0x05, 0x06]) { return .zip }
    if starts([0x89, 0x50, 0x4E, 0x47]) { return .image("PNG") }
    if starts([0xFF, 0xD8, 0xFF]) { return .image("JPEG") }
    if starts([0x80, 0x02]) || starts([0x80, 0x03]) || starts([0x80, 0x04]) { return .pickle }
    if starts(Array("version https://git-lfs".utf8)) { return .gitLFSPointer }
    let isText = head.allSatisfy { $0 >= 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    guard isText else { return .unknown }
    let text = head.drop { $0 <= 0x20 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
    if let first = text.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return .json }
    let lower = String(decoding: text.prefix(64), as: UTF8.self).lowercased()
    return lower.hasPrefix("<!doctype") || lower.hasPrefix("<html") ? .html : .text
  }

  /// The offset of the superblock: 0, or after a user block at 512, 1024, 2048, ...
  private static func superblockOffset(descriptor: Int32, size: Int) -> Int? {
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    var offset = 0
    while offset + signature.count <= size {
      var found = [UInt8](repeating: 0, count: signature.count)
      if pread(descriptor, &found, found.count, off_t(offset)) == found.count, found == signature {
        return offset
      }
      offset = offset == 0 ? 512 : offset * 2
    }
    return nil
  }

  /// Compares the end of file that the superblock declares with the size of the file.
  private static func truncation(descriptor: Int32, start: Int, size: Int) -> FileContent? {
    var block = [UInt8](repeating: 0, count: 64)
    let got = pread(descriptor, &block, block.count, off_t(start))
    guard got > 13 else { return .truncatedHDF5(bytes: size, declared: start + 96) }
    let version = block[8]
    let (offsetSize, base) = version < 2 ? (block[13], version == 1 ? 28 : 24) : (block[9], 12)
    guard version <= 3, offsetSize == 8, got >= base + 24 else { return nil }
    func address(at position: Int) -> UInt64 {
      block[position..<position + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    let end = address(at: base + 16)
    guard let declared = Int(exactly: end), declared > size, declared < 1 << 48 else { return nil }
    return .truncatedHDF5(bytes: size, declared: declared)
  }
}
