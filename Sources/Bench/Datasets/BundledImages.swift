internal import BundledWorld
internal import Foundation

/// The sets of images that come with the toolkit.
enum BundledImages {
  /// The folder of each, by its name.
  private static let folders = ["scenes-test": "test", "scenes-hans": "hans"]
  static let names = ["scenes-test", "scenes-hans"]

  static func images(of name: String) throws(DatasetError) -> [DatasetImage] {
    try COCOImages.read(
      BundledWorld.scenes.appendingPathComponent("\(folders[name] ?? name)/annotations.json").path,
      images: nil)
  }
}
