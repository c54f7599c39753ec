internal import SaliencyCore

/// An image to compare with, made from the model or from the image itself.
public enum ReferenceImage: String, Sendable, Hashable, Codable, CaseIterable {
  /// A black image.
  case black
  /// A white image; the image's largest value if the preprocessing is not known.
  case white
  /// The image blurred by a Gaussian of a tenth of its longer side.
  case blurred
  /// Numbers drawn from the range of each channel of the image.
  case noise

  /// The reference of an image, a batch of one.
  ///
  /// - Parameter random: The numbers that noise is made of.
  func image(of input: Tensor, for model: Model, random: CounterRandom) -> Tensor {
    switch self {
    case .black: return Baseline.black.image(for: model)
    case .white:
      let channels = input.shape[3]
      let white = model.white.flatMap { $0.count == channels ? $0 : nil }
      let top = input.bounds?.high ?? 1
      return Tensor(shape: input.shape) { result in
        for i in 0..<result.count { result[i] = white?[i % channels] ?? top }
      }
    case .blurred:
      let side = Double(max(input.shape[1], input.shape[2]))
      return GaussianFilter(sigma: side / 10, border: .reflected)(input)
    case .noise:
      let ranges = Self.ranges(of: input)
      return Tensor(shape: input.shape) { result in
        for i in 0..<result.count {
          let (low, high) = ranges[i % ranges.count]
          result[i] = low + (high - low) * random.uniform(at: i)
        }
      }
    }
  }

  private static func ranges(of input: Tensor) -> [(low: Float, high: Float)] {
    let channels = input.shape[3]
    return input.withUnsafeScalars { a in
      (0..<channels).map { c in
        stride(from: c, to: a.count, by: channels).reduce((a[c], a[c])) {
          (min($0.0, a[$1]), max($0.1, a[$1]))
        }
      }
    }
  }
}
