internal import ArgumentParser
internal import Imaging

/// Which pictures, and how they are read.
struct PictureOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("PNG or JPEG files, or folders of them.", valueName: "image"),
    completion: .file(extensions: ["png", "jpg", "jpeg"]))
  var images: [String]

  @Option(
    help: ArgumentHelp(
      "viewer (default) turns pictures by their EXIF orientation and lays transparent ones over white; keras does neither, as "
        + "Keras' load_img.",
      valueName: "way"),
    transform: { try choice($0) })
  var decode: Decoding = .viewer

  enum Decoding: String, CaseIterable {
    case viewer
    case keras
  }

  /// The images' files, folders opened.
  func list() throws -> PictureList { try PictureList(images) }

  /// Reads one image.
  func read(_ file: PictureFile) throws -> Image {
    try Image(contentsOf: file.path, options: decode == .keras ? .keras : DecodingOptions())
  }
}
