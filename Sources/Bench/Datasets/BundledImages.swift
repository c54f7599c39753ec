internal import BundledWorld
internal import Foundation

/// The sets of images that come with the toolkit.
enum BundledImages {
  static let names = ["scenes-test"]

  static func images(of name: String) throws(DatasetError) -> [DatasetImage] {
    try COCOImages.read(
      BundledWorld.scenes.appendingPathComponent("test/annotations.json").path, images: nil)
  }
}
