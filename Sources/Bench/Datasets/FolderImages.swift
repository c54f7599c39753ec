internal import Foundation
internal import SaliencyCore
internal import Support

/// Images that are simply files.
enum FolderImages {
  static func isPicture(_ name: String) -> Bool {
    let lowered = name.lowercased()
    return !name.hasPrefix(".") && [".png", ".jpg", ".jpeg"].contains { lowered.hasSuffix($0) }
  }

  /// One image.
  static func file(_ path: String) throws(DatasetError) -> [DatasetImage] {
    guard FileManager.default.fileExists(atPath: path) else { throw missing(path, "a picture") }
    return [DatasetImage(name: (path as NSString).lastPathComponent, path: path)]
  }

  /// The images of a folder, in the order of their names.
  static func folder(_ path: String) throws(DatasetError) -> [DatasetImage] {
    let names = try contents(of: path).filter(isPicture)
    guard !names.isEmpty else {
      let inner = try contents(of: path).filter { isFolder("\(path)/\($0)") }
      throw DatasetError(
        path,
        "the folder holds no PNG or JPEG"
          + (inner.isEmpty ? "" : "; for a folder for each class, write classes: \(path)"))
    }
    return names.map { DatasetImage(name: $0, path: "\(path)/\($0)") }
  }

  /// A folder for each class, with images in them: ImageNet's way.
  static func classes(_ path: String) throws(DatasetError) -> [DatasetImage] {
    let labels = try contents(of: path).filter { !$0.hasPrefix(".") && isFolder("\(path)/\($0)") }
    guard !labels.isEmpty else { throw DatasetError(path, "holds no folders, wanted one for each class") }
    let classNames = ClassNames(labels)
    var images: [DatasetImage] = []
    for label in labels {
      for name in try contents(of: "\(path)/\(label)") where isPicture(name) {
        images.append(
          DatasetImage(
            name: "\(label)/\(name)", path: "\(path)/\(label)/\(name)", label: label, classNames: classNames))
      }
    }
    guard !images.isEmpty else { throw DatasetError(path, "its \(labels.count) folders hold no PNG or JPEG") }
    return images
  }

  /// The files that match a pattern, in the order of their paths.
  static func matching(_ pattern: String) throws(DatasetError) -> [DatasetImage] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0 else {
      throw DatasetError(pattern, "no file matches the pattern")
    }
    let paths = (0..<Int(found.gl_pathc)).compactMap { i in
      found.gl_pathv[i].map { String(cString: $0) }
    }
    let pictures = paths.filter { isPicture(($0 as NSString).lastPathComponent) && !isFolder($0) }.byBytes
    guard !pictures.isEmpty else {
      throw DatasetError(pattern, "\(paths.count) files match the pattern, none is a PNG or JPEG")
    }
    let common = commonFolder(pictures)
    return pictures.map { DatasetImage(name: String($0.dropFirst(common.count)), path: $0) }
  }

  /// The folder that all paths have in common, with its last slash.
  private static func commonFolder(_ paths: [String]) -> String {
    var common = paths.first?.enclosingFolder ?? ""
    while !common.isEmpty, common != "/", !paths.allSatisfy({ $0.hasPrefix(common + "/") }) {
      common = common.enclosingFolder
    }
    return common.isEmpty ? "" : common == "/" ? "/" : common + "/"
  }

  static func contents(of path: String) throws(DatasetError) -> [String] {
    guard FileManager.default.fileExists(atPath: path) else { throw missing(path, "a folder") }
    guard isFolder(path) else { throw DatasetError(path, "found a file, wanted a folder") }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).byBytes
    } catch {
      throw DatasetError(path, "the folder cannot be read")
    }
  }

  static func isFolder(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }

  private static func missing(_ path: String, _ wanted: String) -> DatasetError {
    DatasetError(path, "no such file or folder, wanted \(wanted)")
  }
}

extension [String] {
  /// In the order of their UTF-8 bytes: the same everywhere, whatever the locale.
  var byBytes: [String] { sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}
