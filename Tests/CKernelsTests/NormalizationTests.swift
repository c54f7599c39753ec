import CKernels
import Testing

extension KernelTests {
  @Suite struct NormalizationTests {
    private static let epsilon = 1e-3

    /// (x - mean) * scale of a row, and the scale.
    private static func units(_ row: ArraySlice<Float>) -> (units: [Double], scale: Double) {
      let mean = row.reduce(0.0) { $0 + Double($1) } / Double(row.count)
      let variance = row.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(row.count)
      let scale = 1 / (variance + epsilon).squareRoot()
      return (row.map { (Double($0) - mean) * scale }, scale)
    }

    private func agree(_ results: [[Float]], _ wanted: [Double], _ what: String) {
      for found in results {
        #expect(zip(found, wanted).allSatisfy { abs(Double($0) - $1) <= 1e-6 * (1 + abs($1)) }, "\(what)")
        #expect(bits(found) == bits(results[0]), "\(what): nothing is fused, so all levels agree")
      }
    }

    @Test(arguments: [(1, 1), (3, 5), (40, 16), (7, 33), (300, 96), (2, 768)])
    func rowsAreNormalised(_ rows: Int, _ size: Int) {
      let x = noise(rows * size, seed: 1).map { $0 * 3 + 7 }
      let (gamma, beta) = (noise(size, seed: 2), noise(size, seed: 3))
      for isScaled in [false, true] {
        var wanted: [Double] = []
        for row in 0..<rows {
          for (i, unit) in Self.units(x[(row * size)..<((row + 1) * size)]).units.enumerated() {
            wanted.append(isScaled ? unit * Double(gamma[i]) + Double(beta[i]) : unit)
          }
        }
        let results = [Int32(1), 3].flatMap { threads in
          atEachLevel {
            var result = blank(x.count)
            ck_layer_norm_forward(
              rows, size, x, isScaled ? gamma : nil, isScaled ? beta : nil, Self.epsilon, &result, threads)
            return result
          }
        }
        agree(results, wanted, "\(rows) rows of \(size)")
      }
    }

    @Test(arguments: [(1, 1), (3, 5), (40, 16), (7, 33), (300, 96), (2, 768)])
    func gradientsGoBackThroughMeanAndVariance(_ rows: Int, _ size: Int) {
      let x = noise(rows * size, seed: 4).map { $0 * 3 - 2 }, g = noise(rows * size, seed: 5)
      let gamma = noise(size, seed: 6)
      for isScaled in [false, true] {
        var wanted: [Double] = []
        for row in 0..<rows {
          let part = (row * size)..<((row + 1) * size)
          let (units, scale) = Self.units(x[part])
          let weighted = zip(g[part], gamma).map { Double($0) * (isScaled ? Double($1) : 1) }
          let sum = weighted.reduce(0, +), projection = zip(weighted, units).reduce(0) { $0 + $1.0 * $1.1 }
          for i in 0..<size {
            wanted.append(scale * (weighted[i] - (sum + units[i] * projection) / Double(size)))
          }
        }
        let results = [Int32(1), 3].flatMap { threads in
          atEachLevel {
            var result = blank(x.count)
            ck_layer_norm_backward(rows, size, g, x, isScaled ? gamma : nil, Self.epsilon, &result, threads)
            return result
          }
        }
        agree(results, wanted, "\(rows) rows of \(size)")
      }
    }
  }
}
