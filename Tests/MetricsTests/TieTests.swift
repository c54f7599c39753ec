import SaliencyCore
import TestSupport
import Testing

@testable import Configuration
@testable import Metrics

/// Metrics of maps with equal values (Guides/Conventions.md, "Ties and discontinuities"): one definition for any batch and any
/// number of threads.
@Suite(.serialized) struct MetricTieTests {
  /// A map of few different values.
  private func tied(_ count: Int, seed: UInt64, levels: Int = 3) -> [Float] {
    let random = CounterRandom(seed: seed)
    return (0..<count).map { Float(random.integer(below: levels, at: $0)) }
  }

  private func forThreads(_ body: (Int) throws -> Void) rethrows {
    let before = Execution.threads
    defer { Execution.threads = before }
    for threads in [1, 2, 5] {
      Execution.threads = threads
      try body(threads)
    }
  }

  @Test func `equal pixels are ranked by their index`() {
    for seed in 1...20 as ClosedRange<UInt64> {
      let values = tied(97, seed: seed)
      let expected = values.indices.sorted { a, b in
        values[a] == values[b] ? a < b : values[a] > values[b]
      }
      #expect(SaliencyMap(height: 97, width: 1, values: values).ranking == expected)
    }
    #expect(
      SaliencyMap(height: 1, width: 3, values: [0, -0.0, 0]).ranking == [0, 1, 2], "0 and -0 are equal")
  }

  @Test(arguments: ["deletion(step=40)", "insertion(step=40)", "road(percentages=[20, 60])", "average-drop"])
  func `perturbing in the order of a map with ties`(_ name: String) throws {
    let metric = try MetricCatalog.standard.parse(name)
    let model = try MetricFixtures.convolutional()
    let image = TinyNetworks.images(for: model, count: 1)
    let map = FixedMap(tied(26 * 30, seed: 4), height: 26)
    var expected: Score?
    try forThreads { threads in
      for size in [1, 3, 16] {
        let subject = try MetricFixtures.complete(map, model: model, image: image, batchSize: size)
        let found = try metric.evaluate(subject)
        #expect(found == expected ?? found, "batches of \(size), \(threads) threads")
        expected = found
      }
    }
    #expect(expected?.isApplicable == true)
  }

  @Test func `the pointing game takes the first of equal maxima`() throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      let map = tied(48, seed: seed)
      let top = map.max() ?? 0
      let first = map.firstIndex(of: top) ?? 0
      for place in map.indices where map[place] == top {
        let subject = try MetricFixtures.located(map, mask: map.indices.map { $0 == place }, height: 6)
        #expect(try PointingGame(tolerance: 0).values(subject) == [place == first ? 1 : 0])
      }
    }
  }

  @Test func `relevance rank counts equal pixels in the order of their index`() throws {
    let map: [Float] = [1, 2, 1, 1]
    for (mask, wanted) in [([true, true, false, false], 1.0), ([false, true, true, false], 0.5)] {
      #expect(try RelevanceRank().values(MetricFixtures.located(map, mask: mask, height: 2)) == [wanted])
    }
  }

  @Test func `of equally large parts the first gives the box`() throws {
    let map: [Float] = [0, 0, 1, 1, 0, 1, 1, 0, 0, 0]
    let box = try BoxLocalisation().box(of: SaliencyMap(height: 1, width: 10, values: map))
    #expect(box.x == 2 && box.width == 2)
    let limit = try BoxLocalisation(threshold: 0.5).box(
      of: SaliencyMap(height: 1, width: 4, values: [0.25, 0.5, 1, 0.25]))
    #expect(limit.x == 1 && limit.width == 2, "a value at the threshold counts")
  }

  /// The rank of a value is a count of smaller and equal ones: no order enters.
  @Test func `tied ranks do not depend on the order of the values`() {
    for seed in 1...20 as ClosedRange<UInt64> {
      let values = tied(61, seed: seed, levels: 5)
      let expected = values.map { (value: Float) -> Double in
        let smaller = values.count { $0 < value }
        let equal = values.count { $0 == value }
        return Double(smaller) + Double(equal + 1) / 2
      }
      #expect(Correlation.ranks(values) == expected)
      let order = CounterRandom(seed: seed + 100).permutation(of: 61)
      let moved = Correlation.ranks(order.map { values[$0] })
      #expect(moved == order.map { expected[$0] })
    }
  }

  @Test func `sparseness does not depend on the order of the values`() throws {
    for seed in 1...10 as ClosedRange<UInt64> {
      let values = tied(24, seed: seed, levels: 4)
      let order = CounterRandom(seed: seed + 50).permutation(of: 24)
      func sparseness(_ map: [Float]) throws -> [Double] {
        try Sparseness().values(MetricFixtures.located(map, mask: nil, height: 4))
      }
      #expect(try sparseness(values) == sparseness(order.map { values[$0] }))
    }
  }

  @Test func `kendall's tau does not depend on the order of the pairs`() {
    for seed in 1...10 as ClosedRange<UInt64> {
      let (x, y) = (tied(15, seed: seed).map(Double.init), tied(15, seed: seed + 30).map(Double.init))
      let order = CounterRandom(seed: seed).permutation(of: 15)
      let expected = Correlation.kendallTauB(x, y)
      #expect(Correlation.kendallTauB(order.map { x[$0] }, order.map { y[$0] }) == expected)
    }
  }

  @Test func `a probability that does not change is no increase`() throws {
    let map: [Float] = [0, 1, 2, 3]
    let subject = try MetricFixtures.subject(
      map, height: 2, model: MetricFixtures.linear([1, 2, 3, 4], height: 2), image: [0, 0, 0, 0])
    #expect(try AverageDrop().values(subject) == [0, 0, 0])
  }

  /// Ramps to the right and to the left, down and up: an orientation and its opposite are one.
  @Test func `an orientation at a bin's limit is the same in both directions`() throws {
    func descriptor(_ value: (_ row: Int, _ column: Int) -> Int) throws -> [Double] {
      let map = SaliencyMap(height: 24, width: 24, values: (0..<576).map { Float(value($0 / 24, $0 % 24)) })
      return try #require(OrientedGradients().descriptor(of: map))
    }
    #expect(try descriptor { _, x in x } == descriptor { _, x in -x })
    #expect(try descriptor { y, _ in y } == descriptor { y, _ in -y })
    #expect(try descriptor { y, x in x + y } == descriptor { y, x in -x - y })
  }
}
