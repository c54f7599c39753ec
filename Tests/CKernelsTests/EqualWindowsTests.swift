import CKernels
import Testing

extension KernelTests {
  /// Positions that read equal numbers get equal results, whichever algorithm computes them.
  @Suite struct EqualWindowsTests {
    /// An input whose pixels are equal in a regular way: a pixel's channels follow from its pattern's value.
    enum Pattern: CaseIterable {
      case flat, noiseOnFlat, rows, columns, checks, largeChecks, diagonals, zeros, twoSides

      func value(_ y: Int, _ x: Int) -> UInt64 {
        switch self {
        case .flat: 3
        case .noiseOnFlat: y > 5 && x > 7 && x < 16 ? UInt64(100 + 37 * y + x) : 3
        case .rows: UInt64(y % 3)
        case .columns: UInt64(x % 2)
        case .checks: UInt64((x + y) % 2)
        case .largeChecks: UInt64((x / 5 + y / 5) % 2)
        case .diagonals: UInt64((x + y) / 3)
        case .zeros: y < 9 ? 0 : UInt64(100 + 37 * y + x)
        case .twoSides: x < 5 || x > 14 ? 3 : UInt64(100 + 37 * y + x)
        }
      }
    }

    static let shapes: [Convolution] = [
      .init(height: 21, width: 19, channels: 16, filters: 16, kernel: (3, 3), batch: 2).same,
      .init(height: 17, width: 22, channels: 37, filters: 35, kernel: (3, 3)),
      .init(height: 18, width: 18, channels: 20, filters: 48, kernel: (3, 3), padding: (2, 1, 0, 2)),
      .init(height: 14, width: 20, channels: 160, filters: 96, kernel: (3, 3)).same,
      .init(height: 20, width: 20, channels: 6, filters: 20, kernel: (5, 5)).same,
      .init(height: 20, width: 21, channels: 20, filters: 20, kernel: (3, 3), stride: (2, 2)).same,
    ]

    @Test(arguments: shapes, Pattern.allCases)
    func equalWindowsGiveEqualResults(_ shape: Convolution, _ pattern: Pattern) {
      let source = source(shape, pattern)
      let filter = noise(shape.filterCount, seed: 2)
      let channels = shape.filters
      for algorithm in shape.algorithms(CK_FORWARD) {
        for threads: Int32 in [1, 3] {
          let results = atEachLevel {
            shape.run(CK_FORWARD, algorithm, source[...], filter, threads: threads)
          }
          for result in results {
            var firsts: [[Float]: Int] = [:]
            for n in 0..<shape.batch {
              firsts.removeAll()
              for position in 0..<(result.count / channels / shape.batch) {
                let pixel = n * (result.count / channels / shape.batch) + position
                let first = firsts[window(shape, source, n, position), default: pixel]
                firsts[window(shape, source, n, position)] = first
                let (a, b) = (first * channels, pixel * channels)
                let areEqual = (0..<channels).allSatisfy { result[a + $0] == result[b + $0] }
                #expect(areEqual, "\(shape) by \(algorithm) of \(pattern): \(first) and \(pixel)")
                if !areEqual { return }
              }
            }
          }
        }
      }
    }

    /// A sample's results do not depend on the samples beside it.
    @Test func aSampleByItselfGetsTheSameBits() {
      let shape = Convolution(
        height: 20, width: 20, channels: 24, filters: 24, kernel: (3, 3), batch: 3
      ).same
      let count = shape.sourceCount(CK_FORWARD) / 3
      let source =
        self.source(shape, .noiseOnFlat)[..<count] + noise(count, seed: 5)
        + self.source(shape, .diagonals)[..<count]
      let filter = noise(shape.filterCount, seed: 2)
      let together = shape.run(CK_FORWARD, CK_WINOGRAD4, source[...], filter)
      var alone: [Float] = []
      for n in 0..<3 {
        alone += shape.run(
          CK_FORWARD, CK_WINOGRAD4, Array(source[(n * count)..<((n + 1) * count)])[...], filter, batch: 1)
      }
      #expect(bits(together) == bits(alone))
    }

    /// Where the epilogue adds other numbers, equal windows are no reason for equal results; notes follow the results.
    @Test func addendsAndGatesAreTheirOwn() {
      let shape = Convolution(height: 20, width: 20, channels: 24, filters: 24, kernel: (3, 3)).same
      let source = source(shape, .flat)
      let filter = noise(shape.filterCount, seed: 2)
      var epilogue = Epilogue(channels: 24)
      epilogue.add = noise(shape.resultCount(CK_FORWARD), seed: 11)
      var expected = shape.reference(CK_FORWARD, source, filter)
      epilogue.apply(to: &expected)
      let results = atEachLevel {
        shape.run(CK_FORWARD, CK_WINOGRAD4, source[...], filter, epilogue: epilogue)
      }
      check(results, against: expected, "flat with an addend")
    }

    /// An image of NaN takes no longer than another and stays NaN.
    @Test func notANumberStays() {
      let shape = Convolution(height: 60, width: 60, channels: 16, filters: 16, kernel: (3, 3)).same
      let source = [Float](repeating: .nan, count: shape.sourceCount(CK_FORWARD))
      let result = shape.run(CK_FORWARD, CK_WINOGRAD4, source[...], noise(shape.filterCount, seed: 2))
      #expect(!result.contains { !$0.isNaN })
    }

    private func source(_ shape: Convolution, _ pattern: Pattern) -> [Float] {
      (0..<shape.batch).flatMap { n in
        (0..<(shape.height * shape.width)).flatMap { pixel in
          let value = pattern.value(pixel / shape.width, pixel % shape.width)
          if pattern == .zeros, value == 0 { return [Float](repeating: 0, count: shape.channels) }
          // The first channel tells patterns apart.
          let rest = noise(shape.channels - 1, seed: value + 1000 * UInt64(n) + 1).map { max($0, 0) }
          return [Float(value + 1)] + rest
        }
      }
    }

    /// What a position reads, padding included.
    private func window(_ shape: Convolution, _ source: [Float], _ n: Int, _ position: Int) -> [Float] {
      let (y, x) = (position / shape.c.out_width, position % shape.c.out_width)
      var result: [Float] = []
      for ky in 0..<shape.kernel.0 {
        for kx in 0..<shape.kernel.1 {
          let (sy, sx) = (
            y * shape.stride.0 + ky - shape.padding.0, x * shape.stride.1 + kx - shape.padding.2
          )
          guard sy >= 0, sy < shape.height, sx >= 0, sx < shape.width else {
            result.append(0)
            continue
          }
          result.append(source[((n * shape.height + sy) * shape.width + sx) * shape.channels])
        }
      }
      return result
    }
  }
}
