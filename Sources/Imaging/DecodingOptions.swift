/// The choices that reading an image leaves open.
public struct DecodingOptions: Sendable, Hashable, Codable {
  /// What becomes of transparency.
  public enum Transparency: Sendable, Hashable, Codable {
    /// The picture is laid over a colour: what a viewer shows.
    case over(RGB)
    /// Opacity is ignored and the colour below it used: what Pillow's `convert("RGB")`, and so Keras, does.
    case ignored
  }

  /// How transparent pixels are read.
  public var transparency: Transparency
  /// Whether the picture is turned as its EXIF orientation asks.
  ///
  /// Viewers do that; Keras' `load_img` does not.
  public var appliesOrientation: Bool
  /// More pixels than this are refused before any memory is allocated: decoding and resizing take about 20 bytes a pixel.
  public var pixelLimit: Int
  /// A row or column of more pixels than this is refused: resizing takes memory for the longest side too.
  public var sideLimit: Int

  public init(
    transparency: Transparency = .over(.white), appliesOrientation: Bool = true,
    pixelLimit: Int = 100_000_000, sideLimit: Int = 1_000_000
  ) {
    self.transparency = transparency
    self.appliesOrientation = appliesOrientation
    self.pixelLimit = pixelLimit
    self.sideLimit = sideLimit
  }

  /// What `keras.utils.load_img` does with transparency and orientation.
  public static let keras = DecodingOptions(transparency: .ignored, appliesOrientation: false)
}
