internal import Foundation
internal import SaliencyCore

/// A mask that is the smooth maximum of bumps at the points of a grid, scaled by one parameter each.
///
/// m(u) = smax_i k(u - u_i) p_i, with k(z) = exp(-max(0, |z| / sigma - 1)² / 4) and the smooth maximum sum_i z_i e^(z_i / T) / sum_i e^(z_i / T), T = 1/20; of
/// points farther than 3 sigma nothing is seen, and the grid is mirrored at its edges. The mask is computed at the grid's points and enlarged bilinearly.
///
/// R. Fong, M. Patrick, A. Vedaldi, ICCV 2019, arXiv:1910.08485, section 3.2.
struct SmoothMaximumMask {
  let rows: Int
  let columns: Int
  /// Rows and columns from a point to those it is seen from, and the bump there.
  private let bumps: [(row: Int, column: Int, weight: Float)]

  private static let temperature: Float = 1 / 20

  /// - Parameter sigma: In steps of the grid.
  init(rows: Int, columns: Int, sigma: Double) {
    (self.rows, self.columns) = (rows, columns)
    let reach = Int(3 * sigma)
    bumps = (-reach...reach).flatMap { row in
      (-reach...reach).compactMap { column in
        let distance = Double(row * row + column * column).squareRoot() / sigma
        guard distance <= 3 else { return nil }
        return (row, column, Float(exp(-pow(max(0, distance - 1), 2) / 4)))
      }
    }
  }

  /// The mask for some parameters.
  func mask(_ parameters: [Float]) -> [Float] {
    (0..<(rows * columns)).map { point in
      let (sum, weighted) = totals(parameters, point)
      return weighted / sum
    }
  }

  /// The gradient of the parameters, given that of the mask.
  func pullback(_ gradient: [Float], at parameters: [Float]) -> [Float] {
    var result = [Float](repeating: 0, count: parameters.count)
    for point in 0..<(rows * columns) where gradient[point] != 0 {
      let (sum, weighted) = totals(parameters, point)
      let maximum = weighted / sum
      forEachBump(point) { source, weight in
        let value = weight * parameters[source]
        let share = exp((value - 1) / Self.temperature) / sum
        result[source] +=
          gradient[point] * weight * share * (1 + (value - maximum) / Self.temperature)
      }
    }
    return result
  }

  private func totals(_ parameters: [Float], _ point: Int) -> (sum: Float, weighted: Float) {
    var (sum, weighted): (Float, Float) = (0, 0)
    forEachBump(point) { source, weight in
      let value = weight * parameters[source]
      // Parameters are at most 1, so that nothing overflows.
      let power = exp((value - 1) / Self.temperature)
      sum += power
      weighted += value * power
    }
    return (sum, weighted)
  }

  @inline(__always)
  private func forEachBump(_ point: Int, _ body: (_ source: Int, _ weight: Float) -> Void) {
    let (row, column) = (point / columns, point % columns)
    for bump in bumps {
      guard let y = Self.mirrored(row + bump.row, in: rows),
        let x = Self.mirrored(column + bump.column, in: columns)
      else { continue }
      body(y * columns + x, bump.weight)
    }
  }

  /// A position mirrored at the first or the last one, so that equal parameters give an equal mask; nil if it is still outside.
  private static func mirrored(_ position: Int, in count: Int) -> Int? {
    let inside = position < 0 ? -position : position < count ? position : 2 * (count - 1) - position
    return inside >= 0 && inside < count ? inside : nil
  }
}
