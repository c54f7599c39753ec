internal import LinearAlgebra

/// Weighted least squares, with or without a ridge.
enum WeightedLeastSquares {
  /// The b that makes sum_i w_i (y_i - x_i · b)² + ridge |b|² smallest.
  ///
  /// - Throws: `LinearAlgebraError`.
  static func solve(
    _ features: [[Double]], _ values: [Double], weights: [Double], ridge: Double = 0
  ) throws -> [Double] {
    guard let width = features.first?.count, width > 0 else { return [] }
    let roots = weights.map { $0.squareRoot() }
    var rows = zip(features, roots).map { row, root in row.map { $0 * root } }
    var right = zip(values, roots).map { $0 * $1 }
    if ridge > 0 {
      for i in 0..<width {
        rows.append((0..<width).map { $0 == i ? ridge.squareRoot() : 0 })
        right.append(0)
      }
    }
    let rightSide = Matrix(rows: right.count, columns: 1, values: right)
    return try LeastSquares(Matrix(rows), rightSide).solution.values
  }

  /// The same with an intercept, which the ridge does not shrink: the coefficients without it.
  static func solveWithIntercept(
    _ features: [[Double]], _ values: [Double], weights: [Double], ridge: Double = 0
  ) throws -> [Double] {
    guard let width = features.first?.count else { return [] }
    let total = weights.reduce(0, +)
    func mean(_ column: (Int) -> Double) -> Double {
      features.indices.reduce(0) { $0 + weights[$1] * column($1) } / total
    }
    let means = (0..<width).map { c in mean { features[$0][c] } }
    let middle = mean { values[$0] }
    return try solve(
      features.map { row in zip(row, means).map { $0 - $1 } }, values.map { $0 - middle }, weights: weights,
      ridge: ridge)
  }
}
