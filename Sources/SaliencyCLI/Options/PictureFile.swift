internal import Foundation
internal import SaliencyCore

/// One picture to look at.
struct PictureFile: Hashable {
  let path: String
  /// What it is called in results: the file's name without its suffix, made unique where two are alike.
  let name: String

  /// The files of a list of files and folders; a folder stands for the pictures directly in it, by name.
  ///
  /// - Throws: `PictureListError` where a folder holds none.
  static func expand(_ paths: [String]) throws(PictureListError) -> [PictureFile] {
    var files: [String] = []
    for path in paths {
      var isDirectory: ObjCBool = false
      if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
        files += try pictures(in: path)
      } else {
        files.append(path)
      }
    }
    return named(files)
  }

  private static func pictures(in folder: String) throws(PictureListError) -> [String] {
    let found: [String]
    do {
      found = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw PictureListError(folder: folder, reason: "cannot be read (\(error.localizedDescription))")
    }
    let pictures = found.filter {
      ["png", "jpg", "jpeg"].contains(($0 as NSString).pathExtension.lowercased())
    }
    guard !pictures.isEmpty else {
      throw PictureListError(
        folder: folder,
        reason: "found a directory without PNG or JPEG files, wanted images; name a folder that holds some")
    }
    return pictures.sorted().map { (folder as NSString).appendingPathComponent($0) }
  }

  private static func named(_ paths: [String]) -> [PictureFile] {
    var counts: [String: Int] = [:]
    return paths.map { path in
      let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
      let count = counts[stem, default: 0] + 1
      counts[stem] = count
      return PictureFile(path: path, name: count == 1 ? stem : "\(stem)-\(count)")
    }
  }
}

/// A folder holds no pictures.
struct PictureListError: Error, Equatable, CustomStringConvertible {
  let folder: String
  let reason: String

  var description: String { "\(folder): \(reason)" }
}
