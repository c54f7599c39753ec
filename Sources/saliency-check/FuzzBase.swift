import ArgumentParser
import Foundation
import KerasImport

/// A file to damage.
struct FuzzBase {
  var path: String
  var suffix: String
  var kind: FileKind
  var bytes: [UInt8]
  /// For an architecture, the weights it is opened with.
  var weights: String?

  /// The files, those in folders, and those in archives, which are unpacked.
  static func all(_ paths: [String], unpackingTo temporary: String) throws -> [FuzzBase] {
    var found: [FuzzBase] = []
    for path in paths {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw ValidationError("\(path): no such file")
      }
      if isFolder.boolValue {
        found += try all(
          FileManager.default.contentsOfDirectory(atPath: path).sorted().map { "\(path)/\($0)" }
            .filter { FileKind($0) != nil }, unpackingTo: temporary)
      } else if path.hasSuffix(".zip") {
        found += try all([unpacked(path, to: temporary)], unpackingTo: temporary)
      } else if let kind = FileKind(path) {
        let stem = (path as NSString).deletingPathExtension
        let weights = [stem + ".weights.h5", stem + ".h5"].first {
          FileManager.default.fileExists(atPath: $0)
        }
        if kind == .json, weights == nil { continue }
        found.append(
          FuzzBase(
            path: path, suffix: (path as NSString).pathExtension, kind: kind,
            bytes: Array(try Data(contentsOf: URL(fileURLWithPath: path))), weights: weights))
      }
    }
    return found
  }
  /// `CASE/model.h5` as `CASE.h5`, `CASE/architecture.json` as `CASE.json`, and so on; the rest is left.
  private static func unpacked(_ path: String, to temporary: String) throws -> String {
    let folder = temporary + "/" + ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let archive = try ZipArchive(path: path)
    for name in archive.names {
      let parts = name.split(separator: "/").map(String.init)
      guard parts.count == 2, FileKind(name) != nil, let dot = parts[1].firstIndex(of: "."),
        let bytes = try archive.bytes(of: name, limit: 1 << 26)
      else { continue }
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(parts[0])\(parts[1][dot...])"))
    }
    return folder
  }

  /// Such as `120 h5, 40 keras`.
  static func kinds(of bases: [FuzzBase]) -> String {
    Dictionary(grouping: bases, by: \.suffix).sorted { $0.key < $1.key }
      .map { "\($0.value.count) \($0.key)" }.joined(separator: ", ")
  }
}
