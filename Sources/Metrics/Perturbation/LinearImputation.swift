internal import SaliencyCore

/// Fills removed pixels so that each is the weighted mean of its eight neighbours: 1/6 for those beside, above and below, 1/12 for those at
/// the corners, renormalised at the image's border (arXiv:2202.00449, section 4.2).
///
/// The sparse linear system is symmetric and positive definite; it is solved for all channels at once by conjugate gradients, from a
/// first guess made of the known pixels alone (their means over ever larger squares), until the root mean square residual is below
/// 1e-4 / max(H, W) of the image's range: the result then differs from the exact solution by about 1e-3 of the range at most,
/// where nearly everything is removed in one piece, and by far less elsewhere. The order of all sums is fixed, so that the same pixels give the
/// same bits.
struct LinearImputation {
  let height: Int
  let width: Int
  let channels: Int
  /// The root mean square residual at which iteration ends.
  private let tolerance: Float

  /// - Parameters:
  ///   - shape: Height, width, channels.
  ///   - range: The image's largest value less its smallest.
  ///   - tolerance: The residual at the end as a fraction of the range and of 1 / max(height, width).
  init(shape: Shape, range: Float, tolerance: Float = 1e-4) {
    (height, width, channels) = (shape[0], shape[1], shape[2])
    self.tolerance = tolerance * range / Float(max(height, width))
  }

  /// Replaces the removed pixels of an image in place.
  ///
  /// - Parameters:
  ///   - image: The elements, `[height, width, channels]`.
  ///   - removed: One flag for each pixel; at least one is not set.
  /// - Returns: How many iterations it took.
  @discardableResult
  func fill(_ image: UnsafeMutableBufferPointer<Float>, removed: [Bool]) -> Int {
    precondition(removed.contains(false), "at least one pixel is known")
    guard let first = removed.firstIndex(of: true), let last = removed.lastIndex(of: true) else { return 0 }
    let guess = Pyramid(image, removed: removed, height: height, width: width, channels: channels).filled()
    var system = ImputationSystem(
      height: height, width: width, channels: channels, unknownRows: (first / width)..<(last / width + 1))
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<channels {
          let (i, j) = ((y * width + x) * channels + c, system.index(y, x) + c)
          system.values[j] = guess[i]
          system.isFree[j] = removed[y * width + x] ? 1 : 0
          system.diagonal[j] = diagonal(y, x)
        }
      }
    }
    let unknowns = removed.count { $0 } * channels
    let iterations = system.solve(residual: tolerance, unknowns: unknowns)
    for (p, isRemoved) in removed.enumerated() where isRemoved {
      let j = system.index(p / width, p % width)
      for c in 0..<channels { image[p * channels + c] = system.values[j + c] }
    }
    return iterations
  }

  /// The sum of the weights of the neighbours that exist.
  private func diagonal(_ y: Int, _ x: Int) -> Float {
    let (rows, columns) = (neighbours(y, height), neighbours(x, width))
    return Float(2 * (rows + columns) + rows * columns) / 12
  }

  private func neighbours(_ i: Int, _ count: Int) -> Int { (i > 0 ? 1 : 0) + (i < count - 1 ? 1 : 0) }
}
