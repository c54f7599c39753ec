public import SaliencyCore

/// What a network was trained to be given instead of bytes, under the names of `keras.applications`.
///
/// All forms take colours in 0...255 in the order red, green, blue, shape `[N, H, W, C]`, and return the same
/// shape. The arithmetic and its order are those of `keras.applications.imagenet_utils.preprocess_input`, so
/// the floats agree.
public enum Preprocessing: Sendable, Hashable {
  /// x / divisor - offset, for any number of channels.
  case scale(divisor: Float, offset: Float)
  /// Channels reversed to blue, green, red, then minus `means`, which are in that order.
  case caffe(means: [Float])
  /// x / 255, minus `means`, over `deviations`, in the order red, green, blue.
  case torch(means: [Float], deviations: [Float])

  /// `none`: colours as they are.
  public static let unchanged = Preprocessing.scale(divisor: 1, offset: 0)
  /// `unit`: 0...1.
  public static let unit = Preprocessing.scale(divisor: 255, offset: 0)
  /// `tf`: -1...1.
  public static let tf = Preprocessing.scale(divisor: 127.5, offset: 1)
  /// `caffe`: blue, green, red minus the means of ImageNet.
  public static let caffe = Preprocessing.caffe(means: [103.939, 116.779, 123.68])
  /// `torch`: 0...1 minus the means of ImageNet, over its deviations.
  public static let torch = Preprocessing.torch(
    means: [0.485, 0.456, 0.406], deviations: [0.229, 0.224, 0.225])

  /// How many channels a picture must have, or nil where any number will do.
  public var requiredChannels: Int? {
    if case .scale = self { return nil }
    return 3
  }

  /// Turns colours (0...255, red, green, blue) into the network's input.
  ///
  /// - Throws: `PreprocessingError.wrongChannels` where `caffe` or `torch` meets other than three channels.
  public func callAsFunction(_ colors: Tensor) throws(PreprocessingError) -> Tensor {
    try checkChannels(of: colors)
    switch self {
    case .scale(let divisor, let offset):
      return colors.map { $0 / divisor - offset }
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
    case .scale(let divisor, let offset):
      return input.map { ($0 + offset) * divisor }
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
  case unknown(String)
  case wrongNumbers(String, wanted: String)
  case wrongChannels(preprocessing: String, found: Int, wanted: Int)

  public var description: String {
    switch self {
    case .unknown(let name):
      return "preprocessing \"\(name)\": no such form\(suggestion(for: name, among: Preprocessing.names)); "
        + "wanted \(Preprocessing.names.joined(separator: ", ")), with numbers as in caffe(104,117,123)"
    case .wrongNumbers(let text, let wanted):
      return "preprocessing \"\(text)\": wanted \(wanted)"
    case .wrongChannels(let preprocessing, let found, let wanted):
      return
        "preprocessing \"\(preprocessing)\" is for images of \(wanted) channels, but the input has \(found); "
        + "use none, unit, tf or scale"
    }
  }
}
