internal import Foundation
internal import SaliencyCore

/// An estimate of how many bits a lossless file of a picture takes.
///
/// Values are rounded to 256 levels of the range; each is predicted from its left, upper and upper left neighbours by the Paeth filter of PNG; the
/// estimate is the sum over the channels of n H, H the Shannon entropy of the n residuals in bits. A compressed size would do as well, but
/// it depends on the version of the compression library; this number does not.
struct PictureEntropy {
  let shape: Shape
  let low: Float
  let high: Float

  /// The estimate for an image `[1, H, W, C]`.
  func bits(of picture: Tensor) -> Double {
    let (height, width, channels) = (shape[0], shape[1], shape[2])
    let scale = high > low ? 255 / (high - low) : 0
    let levels = picture.withUnsafeScalars { a in
      a.map { Int(min(max((($0 - low) * scale).rounded(), 0), 255)) }
    }
    var total = 0.0
    for c in 0..<channels {
      var counts = [Int](repeating: 0, count: 256)
      func level(_ y: Int, _ x: Int) -> Int { y < 0 || x < 0 ? 0 : levels[(y * width + x) * channels + c] }
      for y in 0..<height {
        for x in 0..<width {
          let guess = Self.paeth(level(y, x - 1), level(y - 1, x), level(y - 1, x - 1))
          counts[(level(y, x) - guess) & 255] += 1
        }
      }
      total += Self.bits(counts, of: Double(height * width))
    }
    return total
  }

  private static func paeth(_ left: Int, _ up: Int, _ corner: Int) -> Int {
    let estimate = left + up - corner
    let (a, b, c) = (abs(estimate - left), abs(estimate - up), abs(estimate - corner))
    return a <= b && a <= c ? left : (b <= c ? up : corner)
  }

  private static func bits(_ counts: [Int], of total: Double) -> Double {
    counts.reduce(0) { $1 > 0 ? $0 - Double($1) * log2(Double($1) / total) : $0 }
  }
}
