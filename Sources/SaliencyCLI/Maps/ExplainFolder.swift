internal import Configuration
internal import Foundation
internal import HDF5
internal import SaliencyCore
internal import Support

/// The folder that `explain` writes: `maps.h5`, and an overlay for each map, called `IMAGE_CLASS_METHOD.png`.
struct ExplainFolder {
  let path: String

  init(_ path: String) { self.path = path }

  var maps: String { file("maps.h5") }

  /// The path of a map's overlay.
  func overlay(of method: any SaliencyMethod, to row: ImageRequest) -> String {
    file("\(row.file.name)_\(row.classSlug)\(Self.ending(method))")
  }

  /// Whether a file of this name may be an overlay of one of some images, whatever the class.
  func isOverlay(_ name: String, of files: [PictureFile], by methods: [any SaliencyMethod]) -> Bool {
    files.contains { name.hasPrefix("\($0.name)_") } && methods.contains { name.hasSuffix(Self.ending($0)) }
  }

  /// The overlays that `maps.h5` says were written with it; none if there is no such file.
  var overlays: [String] {
    guard RegularFile.problem(at: maps) == nil, let index = try? HDF5Reader(path: maps).index else {
      return []
    }
    let names = index.groups().flatMap { image in
      index.groups(in: image).flatMap { target in
        index.groups(in: "\(image)/\(target)").compactMap {
          index.string(MapsFile.overlay, of: "\(image)/\(target)/\($0)")
        }
      }
    }
    // The file may come from elsewhere: nothing but an image of this very folder is ever removed.
    return names.filter { !$0.contains("/") && $0.hasSuffix(".png") }.map(file)
  }

  /// Removes files.
  ///
  /// - Returns: Those that were there.
  func remove(_ paths: [String]) -> [String] { paths.filter { unlink($0) == 0 } }

  private func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  private static func ending(_ method: any SaliencyMethod) -> String {
    "_\(ImageRequest.slug(method.label)).png"
  }
}
