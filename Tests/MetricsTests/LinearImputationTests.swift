import SaliencyCore
import Testing

@testable import Metrics

/// The solver of ROAD against elimination on the dense system.
@Suite struct LinearImputationTests {
  private func solveDense(_ image: [Float], _ removed: [Bool], height: Int, width: Int) -> [Double] {
    let unknown = removed.indices.filter { removed[$0] }
    let place = Dictionary(uniqueKeysWithValues: unknown.enumerated().map { ($1, $0) })
    var a = unknown.map { _ in [Double](repeating: 0, count: unknown.count + 1) }
    for (row, i) in unknown.enumerated() {
      for dy in -1...1 {
        for dx in -1...1 where dy != 0 || dx != 0 {
          let (y, x) = (i / width + dy, i % width + dx)
          guard (0..<height).contains(y), (0..<width).contains(x) else { continue }
          let weight = dy == 0 || dx == 0 ? 1.0 / 6 : 1.0 / 12
          a[row][row] += weight
          if let k = place[y * width + x] {
            a[row][k] -= weight
          } else {
            a[row][unknown.count] += weight * Double(image[y * width + x])
          }
        }
      }
    }
    for k in a.indices {
      for row in (k + 1)..<max(a.count, k + 1) where a[row][k] != 0 {
        let factor = a[row][k] / a[k][k]
        for j in k...unknown.count { a[row][j] -= factor * a[k][j] }
      }
    }
    var x = [Double](repeating: 0, count: unknown.count)
    for k in a.indices.reversed() {
      x[k] = (a[k][unknown.count] - (k + 1..<unknown.count).reduce(0) { $0 + a[k][$1] * x[$1] }) / a[k][k]
    }
    var result = image.map(Double.init)
    for (k, i) in unknown.enumerated() { result[i] = x[k] }
    return result
  }

  private func check(_ removed: [Bool], height: Int, width: Int, scale: Float = 1) -> Double {
    let image = CounterRandom(seed: 2).uniform(0..<scale, shape: [height * width * 3]).scalars
    let imputation = LinearImputation(shape: [height, width, 3], range: scale)
    var filled = image
    filled.withUnsafeMutableBufferPointer { _ = imputation.fill($0, removed: removed) }
    var worst = 0.0
    for c in 0..<3 {
      let plane = (0..<(height * width)).map { image[$0 * 3 + c] }
      let exact = solveDense(plane, removed, height: height, width: width)
      for i in exact.indices {
        if !removed[i] { #expect(filled[i * 3 + c] == plane[i], "known pixels stay") }
        worst = max(worst, abs(Double(filled[i * 3 + c]) - exact[i]))
      }
    }
    return worst / Double(scale)
  }

  @Test(arguments: [0.1, 0.5, 0.9, 0.98] as [Float]) func `scattered pixels are solved for`(_ share: Float) {
    let random = CounterRandom(seed: 7)
    for (height, width) in [(13, 17), (1, 40), (40, 1), (2, 2), (16, 8)] {
      var removed = (0..<(height * width)).map { random.uniform(at: $0) < share }
      removed[0] = false
      #expect(check(removed, height: height, width: width) < 3e-4)
      #expect(check(removed, height: height, width: width, scale: 255) < 3e-4)
    }
  }

  @Test func `one region of nearly the whole image is solved for`() {
    // The hardest case: every pixel is far from the only known ones.
    let side = 24
    #expect(check((0..<(side * side)).map { $0 % side > 1 }, height: side, width: side) < 1e-3)
    #expect(check((0..<(side * side)).map { $0 != 0 }, height: side, width: side) < 1e-3)
  }

  @Test func `a large region is solved as closely as it says`() {
    let side = 72
    let image = GaussianBlur.insertion.applied(
      to: CounterRandom(seed: 2).uniform(0..<4, shape: [1, side, side, 1]))
    let removed = (0..<(side * side)).map { i in
      let (y, x) = (i / side - 32, i % side - 40)
      return y * y + x * x > 200
    }
    func filled(_ tolerance: Float) -> [Float] {
      var result = image.scalars
      let imputation = LinearImputation(shape: [side, side, 1], range: 1, tolerance: tolerance)
      result.withUnsafeMutableBufferPointer { _ = imputation.fill($0, removed: removed) }
      return result
    }
    let differences = zip(filled(1e-4), filled(5e-6)).map { abs($0 - $1) }
    #expect((differences.max() ?? 1) < 1e-3)
  }

  @Test func `nothing removed, nothing changed`() {
    #expect(check(Array(repeating: false, count: 30), height: 5, width: 6) == 0)
  }
}
