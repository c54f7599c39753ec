internal import ArgumentParser
internal import Imaging
internal import Pipeline

/// The image files of a command.
struct ImageOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("PNG or JPEG files, or folders of them.", valueName: "image"),
    completion: .file(extensions: ["png", "jpg", "jpeg"]))
  var images: [String]

  @OptionGroup var decoding: DecodingChoice

  /// The images' files.
  func list() throws -> ImageList { try ImageList(images) }
}

/// How image files are decoded.
struct DecodingChoice: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "viewer (default) applies the EXIF orientation and puts transparent images on white; keras does neither, as Keras' "
        + "load_img.",
      valueName: "mode"),
    transform: { try choice($0) })
  var decode: Mode = .viewer

  enum Mode: String, CaseIterable {
    case viewer
    case keras
  }

  var options: DecodingOptions { decode == .keras ? .keras : DecodingOptions() }
}
