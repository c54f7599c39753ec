internal import Foundation
internal import SaliencyCore
internal import Support

/// One image to look at.
struct PictureFile: Hashable {
  let path: String
  /// What it is called in results: the file's name without its suffix, made unique if two are alike.
  let name: String
}

/// The images that a command was given.
struct PictureList {
  let files: [PictureFile]
  /// What was left out of folders, a sentence for each folder.
  let remarks: [String]

  /// Lists files and folders; a folder stands for the PNG and JPEG files directly in it, by name.
  ///
  /// - Throws: `PictureListError` if a folder holds none.
  init(_ paths: [String]) throws(PictureListError) {
    var files: [String] = []
    var remarks: [String] = []
    for path in paths {
      if RegularFile.problem(at: path) == .directory {
        let folder = try PictureFolder(path)
        files += folder.images
        if let remark = folder.remark { remarks.append(remark) }
      } else {
        files.append(path)
      }
    }
    self.files = Self.named(files)
    self.remarks = remarks
  }

  private static func named(_ paths: [String]) -> [PictureFile] {
    var taken = Set<String>()
    return paths.map { path in
      let file = (path as NSString).lastPathComponent
      // "..png" without its suffix is ".", which means the folder itself; and results should not be hidden files.
      let visible = String(file.drop { $0 == "." })
      let base = (visible as NSString).deletingPathExtension
      var (name, count) = (base, 1)
      while !taken.insert(name).inserted {
        count += 1
        name = "\(base)-\(count)"
      }
      return PictureFile(path: path, name: name)
    }
  }
}

/// A folder of images: those that are read, and what is left out.
private struct PictureFolder {
  let images: [String]
  private let path: String
  /// How many files of each suffix are left out.
  private var skipped: [String: Int] = [:]
  private var folders = 0

  private static let suffixes = ["png", "jpg", "jpeg"]

  init(_ path: String) throws(PictureListError) {
    self.path = path
    let found: [String]
    do {
      found = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw PictureListError(folder: path, reason: "cannot be read (\(error.localizedDescription))")
    }
    var images: [String] = []
    for name in found {
      let full = (path as NSString).appendingPathComponent(name)
      let suffix = (name as NSString).pathExtension.lowercased()
      if RegularFile.problem(at: full) == .directory {
        if !name.hasPrefix(".") { folders += 1 }
      } else if Self.suffixes.contains(suffix) {
        images.append(full)
      } else if !name.hasPrefix(".") {
        skipped[suffix.isEmpty ? "without a suffix" : "." + suffix, default: 0] += 1
      }
    }
    self.images = images
    guard !images.isEmpty else {
      let others = left.isEmpty ? "" : " (it has \(left))"
      throw PictureListError(
        folder: path,
        reason:
          "found a directory without PNG or JPEG files\(others), wanted images; name a folder that holds some"
      )
    }
  }

  /// What is left out, in words; nil if nothing is.
  var remark: String? {
    guard !left.isEmpty else { return nil }
    let advice = folders > 0 ? "; name sub-folders to read them too" : ""
    return "\(path): \(images.count) PNG or JPEG files are read; left out: \(left)\(advice)"
  }

  private var left: String {
    let files = skipped.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    let inner = folders > 0 ? ["\(folders) \(folders == 1 ? "sub-folder" : "sub-folders")"] : []
    return (files + inner).joined(separator: ", ")
  }
}

/// A folder holds no images.
struct PictureListError: Error, Equatable, CustomStringConvertible {
  let folder: String
  let reason: String

  var description: String { "\(folder): \(reason)" }
}
