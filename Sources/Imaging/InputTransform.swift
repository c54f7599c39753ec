public import SaliencyCore
internal import Support

/// The way from a picture to the tensor a network is given: channels, geometry, then numbers.
///
///     let transform = try InputTransform(
///       height: 227, width: 227, preprocessing: Preprocessing("caffe(104,117,123)"))
///     let input = try transform(Image(contentsOf: "cat_dog.png"))  // [1, 227, 227, 3]
///     let seen = try transform.picture(of: input)  // what the network sees, for the overlay
public struct InputTransform: Sendable, Hashable, Codable {
  /// How pixels are made when the size changes.
  public enum Resampling: String, Sendable, Hashable, Codable, CaseIterable {
    /// Bilinear, with a widened triangle when shrinking: `tf.image.resize(antialias=True)`. The default.
    case antialiased
    /// Bilinear between two neighbours whatever the scale: `tf.image.resize`, `cv2.resize`.
    case bilinear
    /// The nearest pixel: `load_img`'s default in Keras, exactly.
    case nearest
    /// `load_img(interpolation="bilinear")` with Pillow 13 exactly: antialiased, rounded to bytes. Older versions
    /// of Pillow differ by one in tall pictures.
    case pillowBilinear = "pillow-bilinear"
  }

  /// How a picture of another aspect ratio is made to fit.
  public enum Fit: String, Sendable, Hashable, Codable, CaseIterable {
    /// Both sides are scaled on their own, as Keras does.
    case stretch
    /// The largest centred part of the right aspect ratio is used (`load_img(keep_aspect_ratio=True)`).
    case centerCrop = "center-crop"
  }

  /// The height of the network's input.
  public var height: Int
  /// The width of the network's input.
  public var width: Int
  /// 3, or 1 for a network that takes grey pictures.
  public var channels: Int
  /// How the image is resized.
  public var resampling: Resampling
  /// How an image of another aspect ratio is fitted.
  public var fit: Fit
  /// How bytes become the network's numbers.
  public var preprocessing: Preprocessing

  public init(
    height: Int, width: Int, channels: Int = 3, resampling: Resampling = .antialiased, fit: Fit = .stretch,
    preprocessing: Preprocessing = .unchanged
  ) {
    self.height = height
    self.width = width
    self.channels = channels
    self.resampling = resampling
    self.fit = fit
    self.preprocessing = preprocessing
  }

  /// The network's input for one picture: `[1, height, width, channels]`.
  ///
  /// - Throws: `PreprocessingError.wrongChannels`.
  public func callAsFunction(_ image: Image) throws(PreprocessingError) -> Tensor {
    try preprocessing(colors(of: image))
  }

  /// The picture as floats 0...255 at the network's size, before preprocessing: `[1, height, width,
  /// channels]`.
  ///
  /// A grey network gets Pillow's luma (mode "L"), taken before the size is changed, as in Keras.
  public func colors(of image: Image) -> Tensor {
    precondition(height > 0 && width > 0, "an input of \(height) x \(width)")
    precondition(channels == 1 || channels == 3, "pictures have 1 or 3 channels, not \(channels)")
    let source = channels == 1 ? image.grey : image
    let part = usedPart(of: source)
    switch resampling {
    case .antialiased: return resized(source.cropped(to: part), .antialiased)
    case .bilinear: return resized(source.cropped(to: part), .bilinear)
    case .nearest:
      return PillowResampling.nearest(source, part: part, height: height, width: width).tensor(
        channels: channels)
    case .pillowBilinear:
      return PillowResampling.bilinear(source, part: part, height: height, width: width).tensor(
        channels: channels)
    }
  }

  /// The part of a picture that the network gets to see.
  public func usedPart(of image: Image) -> ImagePart {
    guard fit == .centerCrop else { return image.bounds }
    let part = (
      height: max(min(image.height, image.width * height / width), 1),
      width: max(min(image.width, image.height * width / height), 1)
    )
    let (row, column) = ((image.height - part.height) / 2, (image.width - part.width) / 2)
    return ImagePart(rows: row..<(row + part.height), columns: column..<(column + part.width))
  }

  /// The picture that the network sees in an input: preprocessing undone, rounded to bytes.
  public func picture(of input: Tensor, sample: Int = 0) throws(PreprocessingError) -> Image {
    Image(try preprocessing.inverse(input.sample(sample)))
  }

  private func resized(_ image: Image, _ interpolation: Interpolation) -> Tensor {
    Resize.apply(interpolation, to: image.tensor(channels: channels), size: (height, width))
  }
}

extension Image {
  /// The colours as floats 0...255: `[1, height, width, 3]`, or `[1, height, width, 1]` of the red channel,
  /// which is the grey of a grey picture.
  public func tensor(channels: Int = 3) -> Tensor {
    precondition(channels == 1 || channels == 3, "pictures have 1 or 3 channels, not \(channels)")
    return Tensor(shape: [1, height, width, channels]) { result in
      pixels.withUnsafeBufferPointer { source in
        let step = channels == 3 ? 1 : 3
        for i in 0..<result.count { result[i] = Float(source[i * step]) }
      }
    }
  }

  /// A picture from colours `[1, H, W, 1 or 3]`, rounded to nearest and cut to 0...255; NaN becomes 0.
  public init(_ colors: Tensor) {
    let shape = colors.shape
    precondition(
      shape.rank == 4 && shape[0] == 1 && (shape[3] == 1 || shape[3] == 3),
      "no picture has the shape \(shape)")
    let channels = shape[3]
    let bytes = colors.withUnsafeScalars { source in
      source.map { $0 > 0 ? UInt8(min($0.rounded(), 255)) : 0 }
    }
    let pixels = channels == 3 ? bytes : bytes.flatMap { [$0, $0, $0] }
    self.init(width: shape[2], height: shape[1], pixels: pixels)
  }
}
