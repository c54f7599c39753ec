/// The sets of images that come with the toolkit.
enum BundledImages {
  static let names = ["scenes-test"]
}
