internal import Figures
internal import Foundation
internal import GRDB
internal import Imaging
internal import Metrics
internal import SaliencyCore

/// The images and raw maps that a store keeps.
struct RunPictures: Sendable {
  let store: ResultStore
  let results: RunResults

  /// A image as the network saw it; nil if it was not kept.
  func picture(model: Int, image: Int) throws -> (png: Data, image: Image)? {
    guard let png = try store.picture(model: model, image: image) else { return nil }
    do {
      return (png, try Image(decoding: Array(png), named: results.manifest.images[image]))
    } catch {
      throw StoreError.damaged(
        path: store.path, StoreDamage("pictures", "png", found: "\(error)", expected: "a PNG image"))
    }
  }

  /// The annotations of an image; nil if it has none or was not saved.
  func annotations(model: Int, image: Int) throws -> Annotations? {
    try store.annotations(model: model, image: image)
  }

  /// A method's attribution of a request as it was given; nil if it was not kept.
  func stored(_ unit: RunResults.Unit) throws -> StoredMap? {
    try store.read { db in
      try StoredRow.first(
        db, in: "maps", "SELECT m.shape, m.floats FROM maps m JOIN units u ON u.id = m.unit WHERE u.key = ?",
        [unit.key.data]
      ).map(StoredMap.init)
    }
  }

  /// A method's map of a request at the size of an image; nil if it was not kept.
  func map(_ unit: RunResults.Unit, method: Int, height: Int, width: Int) throws -> SaliencyMap? {
    try stored(unit).map { stored in
      choices[method].map.map(
        of: stored.attribution, by: choices[method].method, height: height, width: width)
    }
  }

  /// How a method's channels become one number.
  func reduction(of method: Int) -> ChannelReduction {
    choices[method].reduction ?? choices[method].method.reduction
  }

  /// How a method's map is drawn; `isOverlay` if it lies over its image whatever the method.
  func style(of method: Int, isOverlay: Bool = false) -> MapStyle {
    let choice = choices[method]
    return isOverlay
      ? MapStyle(overlaying: choice.method, reduction: choice.reduction)
      : MapStyle(for: choice.method, reduction: choice.reduction)
  }

  private var choices: [MethodChoice] { results.experiment.methods + results.experiment.controls }
}

extension StoredMap {
  init(_ row: StoredRow) throws(StoreDamage) {
    let text: String = try row.value("shape")
    values = try row.value("floats")
    shape = text.split(separator: " ").compactMap { Int($0) }
    // In floating point, for a product of damaged numbers may not fit an Int.
    guard shape.count == 3, shape.allSatisfy({ $0 > 0 }),
      shape.reduce(1, { $0 * Double($1) }) == Double(values.count)
    else {
      throw StoreDamage(
        "maps", "shape", found: "\"\(text.prefix(40))\"",
        expected: "height, width and channels of \(values.count) values")
    }
  }
}
