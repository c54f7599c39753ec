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
  /// A row with a border of one pixel on each side, rounded up for whole vectors.
  let pitch: Int
  /// The root mean square residual at which iteration ends.
  private let tolerance: Float

  /// - Parameters:
  ///   - shape: Height, width, channels.
  ///   - range: The image's largest value less its smallest.
  ///   - tolerance: The residual at the end as a fraction of the range and of 1 / max(height, width).
  init(shape: Shape, range: Float, tolerance: Float = 1e-4) {
    (height, width, channels) = (shape[0], shape[1], shape[2])
    pitch = ((width + 2) * channels + 7) / 8 * 8
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
    guard removed.contains(true) else { return 0 }
    let guess = Pyramid(image, removed: removed, height: height, width: width, channels: channels).filled()
    var system = ImputationSystem(self)
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<channels {
          let (i, j) = ((y * width + x) * channels + c, (y + 1) * pitch + (x + 1) * channels + c)
          system.values[j] = guess[i]
          system.isFree[j] = removed[y * width + x] ? 1 : 0
          system.diagonal[j] = diagonal(y, x)
        }
      }
    }
    let unknowns = removed.count { $0 } * channels
    let iterations = system.solve(residual: tolerance, unknowns: unknowns)
    for (p, isRemoved) in removed.enumerated() where isRemoved {
      let j = (p / width + 1) * pitch + (p % width + 1) * channels
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

/// The grid with its border, and the vectors of the conjugate gradient method on it.
private struct ImputationSystem {
  let pitch: Int
  let channels: Int
  let rows: Range<Int>
  var values: [Float]
  var isFree: [Float]
  var diagonal: [Float]

  init(_ grid: LinearImputation) {
    pitch = grid.pitch
    channels = grid.channels
    rows = 1..<(grid.height + 1)
    let zeros = [Float](repeating: 0, count: grid.pitch * (grid.height + 2))
    (values, isFree, diagonal) = (zeros, zeros, zeros)
  }

  mutating func solve(residual limit: Float, unknowns: Int) -> Int {
    let zeros = [Float](repeating: 0, count: values.count)
    var (r, p, q, column) = (zeros, zeros, zeros, zeros)
    apply(values, into: &q, column: &column)
    for i in r.indices { r[i] = -q[i] }
    p = r
    var power = dot(r, r)
    let target = Double(limit) * Double(limit) * Double(unknowns)
    var iteration = 0
    while power > target, iteration < unknowns {
      apply(p, into: &q, column: &column)
      let step = Float(power / dot(p, q))
      let next = advance(&r, p, q, step)
      let momentum = Float(next / power)
      combine(&p, r, momentum)
      power = next
      iteration += 1
    }
    return iteration
  }

  /// q = isFree · (diagonal · a - weighted sum of neighbours), by two passes of [1 2 1].
  private func apply(_ a: [Float], into q: inout [Float], column: inout [Float]) {
    a.withUnsafeBufferPointer { a in
      column.withUnsafeMutableBufferPointer { column in
        for row in rows {
          let base = row * pitch
          for i in base..<(base + pitch) { column[i] = a[i - pitch] + 2 * a[i] + a[i + pitch] }
        }
      }
      column.withUnsafeBufferPointer { column in
        q.withUnsafeMutableBufferPointer { q in
          isFree.withUnsafeBufferPointer { isFree in
            diagonal.withUnsafeBufferPointer { diagonal in
              for i in (rows.lowerBound * pitch + channels)..<(rows.upperBound * pitch - channels) {
                let all = column[i - channels] + 2 * column[i] + column[i + channels]
                q[i] = isFree[i] * (diagonal[i] * a[i] - (all - 4 * a[i]) * (1 / 12))
              }
            }
          }
        }
      }
    }
  }

  /// values += step p; r -= step q; the new square of r.
  private mutating func advance(_ r: inout [Float], _ p: [Float], _ q: [Float], _ step: Float) -> Double {
    values.withUnsafeMutableBufferPointer { values in
      r.withUnsafeMutableBufferPointer { r in
        p.withUnsafeBufferPointer { p in
          q.withUnsafeBufferPointer { q in
            for i in 0..<values.count {
              values[i] += step * p[i]
              r[i] -= step * q[i]
            }
          }
        }
      }
    }
    return dot(r, r)
  }

  private func combine(_ p: inout [Float], _ r: [Float], _ momentum: Float) {
    p.withUnsafeMutableBufferPointer { p in
      r.withUnsafeBufferPointer { r in for i in 0..<p.count { p[i] = r[i] + momentum * p[i] } }
    }
  }

  /// Row by row in eight lanes of single precision, the rows added up in double precision.
  private func dot(_ a: [Float], _ b: [Float]) -> Double {
    var total = 0.0
    a.withUnsafeBytes { a in
      b.withUnsafeBytes { b in
        for row in rows {
          var lanes = SIMD8<Float>.zero
          for i in stride(from: row * pitch * 4, to: (row + 1) * pitch * 4, by: 32) {
            lanes +=
              a.loadUnaligned(fromByteOffset: i, as: SIMD8<Float>.self)
              * b.loadUnaligned(fromByteOffset: i, as: SIMD8<Float>.self)
          }
          total += Double(lanes.sum())
        }
      }
    }
    return total
  }
}
