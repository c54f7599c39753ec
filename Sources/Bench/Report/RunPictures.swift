internal import Figures
internal import Foundation
internal import GRDB
internal import Imaging
internal import SaliencyCore

/// The pictures and raw maps that a store keeps.
struct RunPictures: Sendable {
  let store: ResultStore
  let results: RunResults

  /// A picture as the network saw it; nil where it was not kept.
  func picture(model: Int, image: Int) throws -> (png: Data, image: Image)? {
    guard let png = try store.picture(model: model, image: image) else { return nil }
    return (png, try Image(decoding: Array(png), named: results.manifest.images[image]))
  }

  /// A method's attribution of a question as it was given; nil where it was not kept.
  func stored(_ unit: RunResults.Unit) throws -> StoredMap? {
    let row = try store.read { db in
      try Row.fetchOne(
        db, sql: "SELECT m.shape, m.floats FROM maps m JOIN units u ON u.id = m.unit WHERE u.key = ?",
        arguments: [unit.key.data])
    }
    guard let row else { return nil }
    let shape: String = row["shape"]
    let floats: Data = row["floats"]
    let map = StoredMap(shape: shape.split(separator: " ").compactMap { Int($0) }, values: floats.floats)
    guard map.shape.count == 3, map.values.count == map.shape.reduce(1, *) else { return nil }
    return map
  }

  /// A method's map of a question at the size of a picture; nil where it was not kept.
  func map(_ unit: RunResults.Unit, method: Int, height: Int, width: Int) throws -> SaliencyMap? {
    try stored(unit).map { stored in
      SaliencyMap(stored.attribution, reduction: reduction(of: method)).resized(height: height, width: width)
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
