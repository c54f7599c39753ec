public import SaliencyCore
internal import Support

/// What a network was trained to be given instead of bytes, under the names of `keras.applications`.
///
/// All forms take colours in 0...255 in the order red, green, blue, shape `[N, H, W, C]`, and return the same
/// shape. The arithmetic and its order are those of `keras.applications.imagenet_utils.preprocess_input` and of
/// Keras' `Rescaling` layer, so the floats agree.
public enum Preprocessing: Sendable, Hashable {
  /// x * scale + offset, as in Keras' `Rescaling` layer, for any number of channels.
  case rescaling(scale: Float, offset: Float)
  /// x / 255, for any number of channels: 0...1.
  case unit
  /// x / 127.5 - 1, for any number of channels: -1...1.
  case tf
  /// Channels reversed to blue, green, red, then minus `means`, which are in that order.
  case caffe(means: [Float])
  /// x / 255, minus `means`, over `deviations`, in the order red, green, blue.
  case torch(means: [Float], deviations: [Float])

  /// `none`: colours as they are.
  public static let unchanged = Preprocessing.rescaling(scale: 1, offset: 0)
  /// `caffe`: blue, green, red minus the means of ImageNet.
  public static let caffe = Preprocessing.caffe(means: [103.939, 116.779, 123.68])
  /// `torch`: 0...1 minus the means of ImageNet, over its deviations.
  public static let torch = Preprocessing.torch(
    means: [0.485, 0.456, 0.406], deviations: [0.229, 0.224, 0.225])

  /// How many channels an image must have, or nil if any number will do.
  public var requiredChannels: Int? {
    switch self {
    case .rescaling, .unit, .tf: nil
    case .caffe, .torch: 3
    }
  }

  /// What a black and a white pixel become, `[1, 1, 2, channels]`.
  ///
  /// - Throws: `PreprocessingError.wrongChannels`.
  public func blackAndWhite(channels: Int) throws(PreprocessingError) -> Tensor {
    let colors = (0..<2 * channels).map { Float($0 < channels ? 0 : 255) }
    return try self(Tensor(shape: [1, 1, 2, channels], scalars: colors))
  }

  /// Turns colours (0...255, red, green, blue) into the network's input.
  ///
  /// - Throws: `PreprocessingError.wrongChannels` if `caffe` or `torch` meets other than three channels.
  public func callAsFunction(_ colors: Tensor) throws(PreprocessingError) -> Tensor {
    try checkChannels(of: colors)
    switch self {
    case .rescaling(let scale, let offset): return colors.map { $0 * scale + offset }
    case .unit: return colors.map { $0 / 255 }
    case .tf: return colors.map { $0 / 127.5 - 1 }
    case .caffe(let means):
      return perChannel(colors) { pixel, channel in pixel[2 - channel] - means[channel] }
    case .torch(let means, let deviations):
      return perChannel(colors) { pixel, channel in
        (pixel[channel] / 255 - means[channel]) / deviations[channel]
      }
    }
  }

  /// Turns a network's input back into colours (0...255, red, green, blue), for display.
  public func inverse(_ input: Tensor) throws(PreprocessingError) -> Tensor {
    try checkChannels(of: input)
    switch self {
    case .rescaling(let scale, let offset): return input.map { ($0 - offset) / scale }
    case .unit: return input.map { $0 * 255 }
    case .tf: return input.map { ($0 + 1) * 127.5 }
    case .caffe(let means):
      return perChannel(input) { pixel, channel in pixel[2 - channel] + means[2 - channel] }
    case .torch(let means, let deviations):
      return perChannel(input) { pixel, channel in
        (pixel[channel] * deviations[channel] + means[channel]) * 255
      }
    }
  }

  private func checkChannels(of tensor: Tensor) throws(PreprocessingError) {
    precondition(tensor.shape.rank == 4, "preprocessing of a tensor of shape \(tensor.shape)")
    guard let wanted = requiredChannels, wanted != tensor.shape[3] else { return }
    throw .wrongChannels(preprocessing: description, found: tensor.shape[3], wanted: wanted)
  }

  private func perChannel(
    _ tensor: Tensor, _ value: (_ pixel: SIMD3<Float>, _ channel: Int) -> Float
  ) -> Tensor {
    Tensor(shape: tensor.shape) { result in
      tensor.withUnsafeScalars { source in
        for start in stride(from: 0, to: source.count, by: 3) {
          let pixel = SIMD3(source[start], source[start + 1], source[start + 2])
          for channel in 0..<3 { result[start + channel] = value(pixel, channel) }
        }
      }
    }
  }
}

/// A preprocessing that does not exist or does not fit.
public enum PreprocessingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No preprocessing has this name.
  case unknown(String)
  /// The numbers in brackets are wrong.
  case wrongNumbers(String, wanted: String)
  /// A form that is no longer read, and how to write the same now.
  case replaced(String, by: Preprocessing)
  /// The preprocessing is for another number of channels.
  case wrongChannels(preprocessing: String, found: Int, wanted: Int)

  public var description: String {
    switch self {
    case .unknown(let name):
      return "preprocessing \"\(name)\": no such form\(suggestion(for: name, among: Preprocessing.names)); "
        + "wanted \(Preprocessing.names.joined(separator: ", ")), with numbers as in caffe(104,117,123)"
    case .wrongNumbers(let text, let wanted):
      return "preprocessing \"\(text)\": wanted \(wanted)"
    case .replaced(let text, let now):
      return
        "preprocessing \"\(text)\": scale(divisor,offset), which divided and then subtracted, is no longer read; "
        + "write \(now), as in Keras' Rescaling: x * scale + offset"
    case .wrongChannels(let preprocessing, let found, let wanted):
      return
        "preprocessing \"\(preprocessing)\" is for images of \(wanted) channels, but the input has \(found); "
        + "use none, unit, tf or rescaling"
    }
  }
}
