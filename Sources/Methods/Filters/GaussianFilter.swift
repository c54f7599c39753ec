internal import Foundation
internal import SaliencyCore

/// A Gaussian filter along one axis as a matrix, and its application to both axes of images.
///
/// The weights are those of `scipy.ndimage.gaussian_filter`: cut off at 4 sigma, their sum 1.
struct GaussianFilter {
  /// What lies outside the image.
  enum Border { case zero, reflected }

  /// The standard deviation in pixels; 0 changes nothing.
  let sigma: Double
  let border: Border

  init(sigma: Double, border: Border) { (self.sigma, self.border) = (sigma, border) }

  /// The filtered image of a batch of one.
  func callAsFunction(_ image: Tensor) -> Tensor {
    sigma == 0
      ? image
      : Self.apply(rows: matrix(image.shape[1]), columns: matrix(image.shape[2]), to: image)
  }

  /// (filter of `sigma` + `step` - this filter) / `step`: how the image changes with sigma.
  ///
  /// The difference is taken of the weights, in double precision; the difference of two filtered images would be lost
  /// in float32.
  func derivative(_ image: Tensor, step: Double) -> Tensor {
    let next = GaussianFilter(sigma: sigma + step, border: border)
    let (height, width) = (image.shape[1], image.shape[2])
    func change(_ size: Int) -> [Double] {
      zip(next.matrix(size), matrix(size)).map { ($0 - $1) / step }
    }
    // G' ⊗ G' - G ⊗ G = (G' - G) ⊗ G' + G ⊗ (G' - G).
    return Self.apply(rows: change(height), columns: next.matrix(width), to: image)
      + Self.apply(rows: matrix(height), columns: change(width), to: image)
  }

  /// The weight of each input position (the row) in each output position (the column), row by row.
  private func matrix(_ size: Int) -> [Double] {
    var matrix = [Double](repeating: 0, count: size * size)
    guard sigma > 0 else {
      for i in 0..<size { matrix[i * size + i] = 1 }
      return matrix
    }
    let radius = Int(4 * sigma + 0.5)
    let weights = (-radius...radius).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
    let total = weights.reduce(0, +)
    for output in 0..<size {
      for (offset, weight) in weights.enumerated() {
        guard let input = place(output + offset - radius, size) else { continue }
        matrix[input * size + output] += weight / total
      }
    }
    return matrix
  }

  /// The position in the image of one that may lie outside; nil if nothing is there.
  private func place(_ position: Int, _ size: Int) -> Int? {
    if position >= 0 && position < size { return position }
    guard border == .reflected else { return nil }
    let turn = ((position % (2 * size)) + 2 * size) % (2 * size)
    return turn < size ? turn : 2 * size - 1 - turn
  }

  private static func apply(rows: [Double], columns: [Double], to image: Tensor) -> Tensor {
    func dense(_ matrix: [Double], _ size: Int) -> Dense {
      Dense(kernel: Tensor(shape: [size, size], scalars: matrix.map { Float($0) }))
    }
    let along = dense(columns, image.shape[2])([Permute([0, 2, 1])([image])])
    let wide = Permute([0, 2, 1])([along])
    return Permute([2, 0, 1])([dense(rows, image.shape[1])([Permute([1, 2, 0])([wide])])])
  }
}
