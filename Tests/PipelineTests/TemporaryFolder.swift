import Foundation
import Imaging

/// A folder for images and results, removed with its holder.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory.appendingPathComponent("saliency-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file here.
  subscript(name: String) -> String { path + "/" + name }

  /// A PNG with a bright disc on a slope of colour.
  @discardableResult
  func image(named name: String, side: Int = 16) throws -> String {
    let image = Image(width: side, height: side) { row, column in
      let (y, x) = (row - side / 3, column - side / 3)
      return x * x + y * y < 20 ? RGB(250, 240, 90) : RGB(UInt8(row * 7 % 256), UInt8(column * 5 % 256), 60)
    }
    try FileManager.default.createDirectory(
      atPath: (self[name] as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try image.writePNG(to: self[name])
    return self[name]
  }
}
