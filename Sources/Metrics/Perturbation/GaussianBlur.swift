internal import Foundation
internal import SaliencyCore

/// A Gaussian filter of limited extent, one axis after the other; outside the image is 0.
struct GaussianBlur: Sendable {
  let weights: [Double]

  /// The filter of RISE's insertion game: 11 x 11, sigma 5.
  ///
  /// As in the authors' code, the Gaussian's tails (cut at 4 sigma) are folded back at the kernel's edges, so that it is flatter
  /// than one that is merely cut off.
  static let insertion = GaussianBlur(folding: 11, sigma: 5)

  /// The window of Wang 2004: 11 x 11, sigma 1.5, cut off and scaled to sum 1.
  static let similarity = GaussianBlur(cutting: 11, sigma: 1.5)

  init(cutting size: Int, sigma: Double) {
    let values = (0..<size).map { Self.density(Double($0 - size / 2), sigma) }
    let total = values.reduce(0, +)
    weights = values.map { $0 / total }
  }

  init(folding size: Int, sigma: Double) {
    let radius = Int(4 * sigma + 0.5)
    let values = (-radius...radius).map { Self.density(Double($0), sigma) }
    let total = values.reduce(0, +)
    var folded = [Double](repeating: 0, count: size)
    for (k, value) in values.enumerated() {
      // Mirrored about the outer edges of the first and the last weight: d c b a | a b c d | d c b a.
      let place = (size / 2 + k - radius).modulo(2 * size)
      folded[place < size ? place : 2 * size - 1 - place] += value / total
    }
    weights = folded
  }

  private static func density(_ x: Double, _ sigma: Double) -> Double { exp(-x * x / (2 * sigma * sigma)) }

  /// The filtered `[1, H, W, C]`.
  func applied(to image: Tensor) -> Tensor {
    let (height, width, channels) = (image.shape[1], image.shape[2], image.shape[3])
    let wide = along(image, count: width, inner: channels, outer: height)
    return along(wide, count: height, inner: width * channels, outer: 1)
  }

  private func along(_ image: Tensor, count: Int, inner: Int, outer: Int) -> Tensor {
    let radius = weights.count / 2
    return Tensor(shape: image.shape) { result in
      image.withUnsafeScalars { a in
        for block in 0..<outer {
          for i in 0..<count {
            let taps = max(i - radius, 0)...min(i + radius, count - 1)
            for j in 0..<inner {
              var total = 0.0
              for k in taps { total += weights[k - i + radius] * Double(a[(block * count + k) * inner + j]) }
              result[(block * count + i) * inner + j] = Float(total)
            }
          }
        }
      }
    }
  }
}

extension Int {
  /// The remainder in `0..<divisor`, for negative numbers too.
  func modulo(_ divisor: Int) -> Int {
    let remainder = self % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }
}
