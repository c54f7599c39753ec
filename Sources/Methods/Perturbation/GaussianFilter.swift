internal import Foundation
internal import SaliencyCore

/// A Gaussian filter, one axis after the other, cut at three sigma; edges are clamped.
struct GaussianFilter: Sendable {
  /// The weights from the centre outwards; with their mirror images they sum to 1.
  private let weights: [Float]

  init(sigma: Double) {
    let radius = max(Int((3 * sigma).rounded(.up)), 1)
    let values = (0...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let total = values[0] + 2 * values[1...].reduce(0, +)
    weights = values.map { Float($0 / total) }
  }

  /// The filtered `[N, H, W, C]`.
  func applied(to image: Tensor) -> Tensor {
    let shape = image.shape
    let wide = along(image, outer: shape[0] * shape[1], count: shape[2], inner: shape[3])
    return along(wide, outer: shape[0], count: shape[1], inner: shape[2] * shape[3])
  }

  /// Filters a tensor seen as `[outer, count, inner]` along its second axis.
  private func along(_ image: Tensor, outer: Int, count: Int, inner: Int) -> Tensor {
    Tensor(shape: image.shape) { result in
      image.withUnsafeScalars { a in
        for block in 0..<outer {
          for i in 0..<count {
            let row = (block * count + i) * inner
            for j in 0..<inner { result[row + j] = weights[0] * a[row + j] }
            for (k, weight) in weights.enumerated().dropFirst() {
              let before = (block * count + max(i - k, 0)) * inner
              let after = (block * count + min(i + k, count - 1)) * inner
              for j in 0..<inner { result[row + j] += weight * (a[before + j] + a[after + j]) }
            }
          }
        }
      }
    }
  }
}
