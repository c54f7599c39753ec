internal import Configuration
internal import SaliencyCore

/// What covered parts of an image are replaced by, in the preprocessed space.
public enum PerturbationFill: Sendable, Hashable, Codable, CustomStringConvertible {
  /// Zero.
  case zero
  /// A black image, as the network is given it: `Model.black`, or zero if the preprocessing is not known.
  case black
  /// The image's mean colour.
  case mean
  /// The image blurred by a Gaussian of sigma 10 pixels.
  case blur
  /// Normal noise of the image's mean and standard deviation, channel by channel.
  case noise
  /// One number for every element.
  case constant(Float)

  private static let names: [String: PerturbationFill] = [
    "zero": .zero, "black": .black, "mean": .mean, "blur": .blur, "noise": .noise,
  ]

  /// Decodes a name or a number.
  ///
  /// - Throws: `ConfigurationError.badParameter` for anything else.
  public init(from decoder: any Decoder) throws {
    switch try ParameterTree(from: decoder) {
    case .string(let name):
      guard let fill = Self.names[name] else { throw Self.unknown(name) }
      self = fill
    case .integer(let value): self = .constant(Float(value))
    case .number(let value): self = .constant(Float(value))
    case let other: throw Self.unknown("\(other)")
    }
  }

  private static func unknown(_ text: String) -> ConfigurationError {
    .badParameter(
      of: "fill",
      reason: "found \"\(text)\", expected \(names.keys.sorted().joined(separator: ", ")) or a number "
        + "(of the preprocessed space)")
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if case .constant(let value) = self {
      try container.encode(value)
    } else {
      try container.encode(description)
    }
  }

  public var description: String {
    if case .constant(let value) = self { return "\(value)" }
    return Self.names.first { $0.value == self }?.key ?? ""
  }

  /// The image that covered parts are taken from, `[1, H, W, C]`.
  func image(for copies: ImageCopies, seed: UInt64 = 0) -> Tensor {
    let shape = copies.image.shape
    switch self {
    case .zero: return Tensor(repeating: 0, shape: shape)
    case .black: return Baseline.black.image(for: copies.request.model)
    case .constant(let value): return Tensor(repeating: value, shape: shape)
    case .mean: return Self.channelwise(copies) { mean, _, _ in Float(mean) }
    case .blur: return GaussianFilter(sigma: 10, border: .reflected)(copies.image)
    case .noise:
      let noise = copies.random(seed: seed, -1).normal(shape: shape)
      return Self.channelwise(copies) { mean, deviation, i in Float(mean + deviation * Double(noise[i])) }
    }
  }

  private static func channelwise(
    _ copies: ImageCopies, _ value: (_ mean: Double, _ deviation: Double, _ index: Int) -> Float
  ) -> Tensor {
    let (channels, pixels) = (copies.channels, Double(copies.pixels))
    let means = copies.image.meanOverSpace().scalars.map(Double.init)
    var squares = [Double](repeating: 0, count: channels)
    copies.image.withUnsafeScalars { a in
      for i in 0..<a.count {
        let distance = Double(a[i]) - means[i % channels]
        squares[i % channels] += distance * distance
      }
    }
    return Tensor(shape: copies.image.shape) { result in
      for i in 0..<result.count {
        let c = i % channels
        result[i] = value(means[c], (squares[c] / pixels).squareRoot(), i)
      }
    }
  }
}
