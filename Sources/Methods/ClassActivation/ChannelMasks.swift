internal import SaliencyCore

/// The maps of a layer as masks of the image: each enlarged to the image's size and stretched to the range from 0 to 1.
///
/// The mask of a constant map is 0.
struct ChannelMasks {
  private let maps: LayerMaps
  private let copies: ImageCopies

  init(_ maps: LayerMaps) throws {
    self.maps = maps
    copies = try ImageCopies(of: maps.sample, in: maps.request)
  }

  /// A map enlarged to the image's size, `[1, H, W, 1]`.
  func enlarged(_ k: Int) -> Tensor {
    Resize.bilinear(maps.map(k), to: (copies.height, copies.width))
  }

  /// The numbers stretched to the range from 0 to 1; all 0 if they are equal.
  static func stretched(_ map: Tensor) -> Tensor {
    guard let bounds = map.bounds, bounds.high > bounds.low else {
      return Tensor(repeating: 0, shape: map.shape)
    }
    let (low, range) = (bounds.low, bounds.high - bounds.low)
    return map.map { ($0 - low) / range }
  }

  /// The scores of the image, multiplied by masks that are made where they are used.
  func scores(count: Int, factor: (Int) -> Float = { _ in 1 }, mask: (Int) -> Tensor) throws -> [Float] {
    let channels = copies.channels
    return try copies.scores(count: count) { number, copy in
      let factor = factor(number)
      mask(number).withUnsafeScalars { mask in
        for p in 0..<mask.count {
          let m = mask[p] * factor
          for i in (p * channels)..<((p + 1) * channels) { copy[i] *= m }
        }
      }
    }
  }

  /// Normal noise of one sample, `[1, H, W, 1]`.
  func noise(seed: UInt64, _ number: Int) -> Tensor {
    copies.random(seed: seed, number).normal(shape: [1, copies.height, copies.width, 1])
  }
}
