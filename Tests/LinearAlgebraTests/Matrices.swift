@testable import LinearAlgebra

/// A matrix of numbers from -1 to 1, the same for the same seed.
func randomMatrix(_ rows: Int, _ columns: Int, seed: UInt64 = 1) -> Matrix {
  var state = seed
  let values = (0..<(rows * columns)).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / 0x1p52 - 1
  }
  return Matrix(rows: rows, columns: columns, values: values)
}

func diagonal(_ values: [Double]) -> Matrix {
  var result = Matrix(
    rows: values.count, columns: values.count,
    values: [Double](repeating: 0, count: values.count * values.count))
  for (i, value) in values.enumerated() { result[i, i] = value }
  return result
}

func identity(_ n: Int) -> Matrix { diagonal([Double](repeating: 1, count: n)) }

func close(_ a: [Double], _ b: [Double]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-11 * max(1, abs($1)) * 10 }
}
