internal import Foundation
internal import SaliencyCore
internal import Support

/// Image files, listed from paths of files and folders.
public struct ImageList: Sendable {
  /// The files, in the order in which they were given.
  public let files: [ImageFile]
  /// One sentence for each folder that holds files that are not read.
  public let remarks: [String]

  /// Lists files and folders.
  ///
  /// A folder means the PNG and JPEG files directly in it, sorted by name.
  ///
  /// - Throws: ``ImageListError`` if a folder holds none.
  public init(_ paths: [String]) throws(ImageListError) {
    var files: [String] = []
    var remarks: [String] = []
    for path in paths {
      if RegularFile.problem(at: path) == .directory {
        let folder = try ImageFolder(path)
        files += folder.images
        if let remark = folder.remark { remarks.append(remark) }
      } else {
        files.append(path)
      }
    }
    self.files = Self.named(files)
    self.remarks = remarks
  }

  private static func named(_ paths: [String]) -> [ImageFile] {
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
      return ImageFile(path: path, name: name)
    }
  }
}

/// The files of one folder: images, and the counts of other files.
private struct ImageFolder {
  let images: [String]
  private let path: String
  /// The number of files that are left out, by suffix.
  private var skipped: [String: Int] = [:]
  private var folders = 0

  private static let suffixes = ["png", "jpg", "jpeg"]

  init(_ path: String) throws(ImageListError) {
    self.path = path
    let found: [String]
    do {
      found = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw ImageListError(folder: path, reason: "cannot be read (\(error.localizedDescription))")
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
      throw ImageListError(
        folder: path,
        reason:
          "found a directory without PNG or JPEG files\(others), wanted images; name a folder that holds some"
      )
    }
  }

  /// A sentence about the files that are left out; nil if there are none.
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

/// A folder that cannot be read or holds no images.
public struct ImageListError: Error, Equatable, CustomStringConvertible {
  /// The folder's path.
  public let folder: String
  /// What was found and what was expected.
  public let reason: String

  public var description: String { "\(folder): \(reason)" }
}
