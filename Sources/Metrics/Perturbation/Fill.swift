public import SaliencyCore

/// What removed pixels are replaced by, in the preprocessed space.
public enum Fill: String, Sendable, Codable, CaseIterable {
  /// Zero: what RISE deletes with.
  case zero
  /// The image's mean colour.
  case mean
  /// The image blurred by a Gaussian, 11 x 11, sigma 5: what RISE inserts into.
  case blur
  /// Normal noise of the image's mean and standard deviation, channel by channel.
  case noise
}

extension Subject {
  /// An image from which removed pixels take their new values, `[1, H, W, C]`.
  public func replacement(_ fill: Fill) -> Tensor {
    shared.value(for: "fill \(fill.rawValue), seed \(seed)") {
      switch fill {
      case .zero: Tensor(repeating: 0, shape: input.shape)
      case .mean: channelwise { moments, _ in Float(moments.mean) }
      case .blur: GaussianBlur.insertion.applied(to: input)
      case .noise: normalNoise()
      }
    }
  }

  private func normalNoise() -> Tensor {
    let noise = random(.fill).normal(shape: input.shape)
    return channelwise { moments, i in Float(moments.mean + moments.deviation * Double(noise[i])) }
  }

  private func channelwise(_ value: (_ moments: Moments, _ index: Int) -> Float) -> Tensor {
    let channels = input.shape[3]
    let moments = input.withUnsafeScalars { a in
      (0..<channels).map { c in Moments(stride(from: c, to: a.count, by: channels).lazy.map { Double(a[$0]) })
      }
    }
    return Tensor(shape: input.shape) { result in
      for i in 0..<result.count { result[i] = value(moments[i % channels], i) }
    }
  }
}
