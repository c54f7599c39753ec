import SaliencyCore
import Testing

@testable import Metrics

/// Correlations and similarities by hand, and against SciPy and scikit-image (`Scripts/metric_golden.py`).
@Suite struct StatisticsTests {
  /// The same numbers in Swift and in the script: no rounding enters.
  static func pattern(_ height: Int, _ width: Int, _ factor: Int, modulus: Int = 1024) -> SaliencyMap {
    SaliencyMap(
      height: height, width: width,
      values: (0..<(height * width)).map {
        Float(($0 * $0 * factor + $0 * 7 + $0 / width * 13) % modulus) / 1024
      })
  }

  @Test func `ranks of ties are their mean`() {
    #expect(Correlation.ranks([10, 20, 20, 5]) == [2, 3.5, 3.5, 1])
    #expect(Correlation.ranks([1, 1, 1]) == [2, 2, 2])
    #expect(Correlation.ranks([0, -0.0, -1]) == [2.5, 2.5, 1])
    #expect(Correlation.ranks([]).isEmpty)
  }

  @Test func `order is by value, then by place`() {
    #expect(descendingOrder(of: [1, 3, -2, 3, 0, -0.0]) == [1, 3, 0, 4, 5, 2])
  }

  @Test func `correlations by hand`() {
    #expect(Correlation.pearson([1, 2, 3], [2, 4, 6]) == 1)
    #expect(Correlation.pearson([1, 2, 3], [3, 2, 1]) == -1)
    #expect(Correlation.pearson([1, 2, 3], [5, 5, 5]) == nil)
    #expect(Correlation.spearman([1, 2, 3, 4], [1, 10, 100, 1000]) == 1)
    // Ranks 1 2 3 4 and 1 3 2 4: 1 - 6 · 2 / (4 · 15).
    #expect(abs((Correlation.spearman([1, 2, 3, 4], [1, 3, 2, 4]) ?? 0) - 0.8) < 1e-12)
    #expect(Correlation.kendallTauB([1, 2, 3], [1, 2, 3]) == 1)
    // Pairs: (1,2) tied in x; of the rest 4 concordant, 1 discordant; 5 untied in x, 6 in y.
    #expect(
      abs((Correlation.kendallTauB([1, 1, 2, 3], [1, 2, 4, 3]) ?? 0) - 3 / (30.0).squareRoot()) < 1e-12)
    #expect(Correlation.kendallTauB([1, 1], [1, 2]) == nil)
  }

  @Test func `rank correlations agree with SciPy`() {
    let (a, b) = (Self.pattern(12, 11, 5, modulus: 40), Self.pattern(12, 11, 3, modulus: 50))
    #expect(abs((Correlation.spearman(a.values, b.values) ?? 0) - GoldenStatistics.spearman) < 1e-9)
    let tau = Correlation.kendallTauB(a.values.map(Double.init), b.values.map(Double.init))
    #expect(abs((tau ?? 0) - GoldenStatistics.kendall) < 1e-9)
  }

  @Test func `structural similarity agrees with scikit-image`() {
    let (a, b) = (Self.pattern(20, 27, 1), Self.pattern(20, 27, 3))
    #expect(abs((StructuralSimilarity.of(a, b) ?? 0) - GoldenStatistics.ssim) < 1e-6)
    #expect(StructuralSimilarity.of(a, a) == 1)
    #expect(StructuralSimilarity.of(Self.pattern(10, 30, 1), Self.pattern(10, 30, 1)) == nil)
  }

  @Test func `histograms of gradients agree with scikit-image`() throws {
    let found = try #require(OrientedGradients().descriptor(of: Self.pattern(33, 42, 1)))
    #expect(found.count == GoldenStatistics.hogCount)
    let (sum, weighted) = (
      found.reduce(0, +), found.enumerated().reduce(0) { $0 + Double($1.offset % 17) * $1.element }
    )
    #expect(abs(sum - GoldenStatistics.hogSum) < 1e-4)
    #expect(abs(weighted - GoldenStatistics.hogWeighted) < 1e-3)
    #expect(OrientedGradients().descriptor(of: Self.pattern(23, 40, 1)) == nil)
  }

  @Test func `sparseness and complexity by hand`() throws {
    func subject(_ map: [Float]) throws -> Subject { try MetricFixtures.located(map, mask: nil, height: 1) }
    let single = try subject([0, 0, -3, 0])
    #expect(try Sparseness().values(single) == [0.75] && Complexity().values(single) == [0])
    let flat = try subject([2, -2, 2, 2])
    #expect(try Sparseness().values(flat) == [0])
    #expect(try abs(Complexity().values(flat)[0] - 1.3862943611198906) < 1e-12)
    // Gini of 1 2 3 4: (-3 · 1 - 1 · 2 + 1 · 3 + 3 · 4) / (4 · 10).
    #expect(try Sparseness().values(subject([3, 1, 4, 2])) == [0.25])
    #expect(try Sparseness().evaluate(subject([0, 0])).reason == "the map is all zero")
  }
}
