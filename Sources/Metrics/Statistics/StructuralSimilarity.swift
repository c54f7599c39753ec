internal import SaliencyCore

/// Structural similarity of two maps.
///
/// The mean over all positions of an 11 x 11 Gaussian window (sigma 1.5) that lies inside the maps, of
/// (2 m_x m_y + C1)(2 s_xy + C2) / ((m_x² + m_y² + C1)(s_x² + s_y² + C2)), C1 = (0.01 L)², C2 = (0.03 L)², for values of range L = 1.
///
/// Z. Wang et al., "Image quality assessment: from error visibility to structural similarity", IEEE TIP 2004,
/// doi:10.1109/TIP.2003.819861.
enum StructuralSimilarity {
  /// The similarity of two maps of one size with values in [0, 1]; nil if they are smaller than the window.
  static func of(_ a: SaliencyMap, _ b: SaliencyMap) -> Double? {
    precondition(a.height == b.height && a.width == b.width, "maps of one size")
    let window = GaussianBlur.similarity
    let size = window.weights.count
    guard a.height >= size, a.width >= size else { return nil }
    let moments = window.localMeans(of: [a, b], products: [(0, 0), (1, 1), (0, 1)])
    let (c1, c2) = (0.01 * 0.01, 0.03 * 0.03)
    var total = 0.0
    for i in moments[0].indices {
      let (x, y) = (moments[0][i], moments[1][i])
      let (xx, yy, xy) = (moments[2][i] - x * x, moments[3][i] - y * y, moments[4][i] - x * y)
      total += (2 * x * y + c1) * (2 * xy + c2) / ((x * x + y * y + c1) * (xx + yy + c2))
    }
    return total / Double(moments[0].count)
  }
}

extension GaussianBlur {
  /// The windowed means of maps, and of products of two of them, wherever the window lies inside.
  fileprivate func localMeans(of maps: [SaliencyMap], products: [(Int, Int)]) -> [[Double]] {
    let (height, width) = (maps[0].height, maps[0].width)
    let planes = maps.map { $0.values.map(Double.init) }
    let all = planes + products.map { pair in zip(planes[pair.0], planes[pair.1]).map { $0 * $1 } }
    return all.map { valid($0, height: height, width: width) }
  }

  private func valid(_ plane: [Double], height: Int, width: Int) -> [Double] {
    let (rows, columns) = (height - weights.count + 1, width - weights.count + 1)
    var wide = [Double](repeating: 0, count: height * columns)
    var result = [Double](repeating: 0, count: rows * columns)
    plane.withUnsafeBufferPointer { plane in
      wide.withUnsafeMutableBufferPointer { wide in
        for y in 0..<height {
          for (k, weight) in weights.enumerated() {
            for x in 0..<columns { wide[y * columns + x] += weight * plane[y * width + x + k] }
          }
        }
      }
    }
    wide.withUnsafeBufferPointer { wide in
      result.withUnsafeMutableBufferPointer { result in
        for (k, weight) in weights.enumerated() {
          for i in 0..<result.count { result[i] += weight * wide[i + k * columns] }
        }
      }
    }
    return result
  }
}
