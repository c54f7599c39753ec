import Foundation
import Methods
import SaliencyCore
import TestSupport
import Testing

@testable import Metrics

/// The metrics that remove parts of the image, on linear models, where every number can be written down.
@Suite struct RemovalTests {
  /// Four by four weights; cells of 2 x 2 are worth 6, 1, -4 and 3 for an image of ones.
  let weights: [Float] = [
    3, 1, 0, 1,
    2, 0, 0, 0,
    -1, -1, 2, 0,
    -2, 0, 1, 0,
  ]
  let cells = [6.0, 1, -4, 3]

  private func subject(_ map: [Float]? = nil, image: [Float]? = nil) throws -> Subject {
    try MetricFixtures.subject(
      map ?? weights, height: 4, model: MetricFixtures.linear(weights, height: 4),
      image: image ?? weights.map { _ in 1 })
  }

  private func expectNear(
    _ found: [Double?], _ wanted: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.count == wanted.count, sourceLocation: sourceLocation)
    for (a, b) in zip(found, wanted) {
      #expect(abs((a ?? .nan) - b) < 1e-5, sourceLocation: sourceLocation)
    }
  }

  @Test func `a grid covers every pixel once, its cells nearly equal`() {
    let grid = PixelGrid(height: 5, width: 7, rows: 2, columns: 3)
    #expect(grid.cells.count == 6 && grid.cells.flatMap(\.self).sorted() == Array(0..<35))
    #expect(grid.cells.map(\.count) == [4, 4, 6, 6, 6, 9])
    let squares = PixelGrid(height: 5, width: 7, side: 3)
    #expect(squares.cells.map(\.count) == [9, 9, 3, 6, 6, 2])
    #expect(squares.cells.flatMap(\.self).sorted() == Array(0..<35))
    #expect(PixelGrid(height: 2, width: 2, rows: 9, columns: 9).cells.count == 4)
  }

  @Test func `shares are of the image, numbers are pixels`() {
    #expect(Double.oneIn224.pixelCount(of: 224 * 224) == 224 && Double.oneIn224.pixelCount(of: 100) == 1)
    #expect((15.0 / 224).pixelLength(height: 224, width: 224) == 15)
    #expect(448.0.pixelCount(of: 10_000) == 448 && 448.0.pixelCount(of: 100) == 100)
    #expect((9.0 / 224).pixelSide(height: 112, width: 448) == 9 && 6.0.pixelSide(height: 3, width: 3) == 6)
  }

  @Test func `pixel flipping follows the score`() throws {
    let score = try PixelFlipping(step: 4).evaluate(subject())
    // The weights in falling order, four at a time: 3 2 2 1 | 1 1 0 0 | 0 0 0 0 | -1 -1 -2 0 in some order of zeros.
    let expected = [6.0, -2, -4, -4, 0]
    let order = subjectOrder()
    let left = (0...4).map { k in order[(4 * k)...].reduce(0) { $0 + Double(weights[$1]) } }
    #expect(left == expected)
    expectNear(score.curves[0].y, expected)
    expectNear([score.primary], [-7.0 / 4])
    #expect(score.curves[0].yTitle == "explained score")
  }

  private func subjectOrder() -> [Int] {
    weights.indices.sorted { weights[$0] == weights[$1] ? $0 < $1 : weights[$0] > weights[$1] }
  }

  @Test func `selectivity removes cells in the order of their sums`() throws {
    let score = try Selectivity(cells: 2).evaluate(subject())
    expectNear(score.curves[0].y, [6, 0, -3, -4, 0])
    expectNear([score.primary], [-4.0 / 4])
  }

  @Test func `faithfulness estimate and single deletion are 1 for a linear model's own map`() throws {
    let subject = try subject()
    expectNear(try subject.cellDrops(2, fill: .zero, response: .explainedScore), cells)
    var estimate = FaithfulnessEstimate(cells: 2)
    estimate.response = .explainedScore
    #expect(try abs(estimate.values(subject)[0] - 1) < 1e-9)
    #expect(try abs(SingleDeletion(cells: 2).values(subject)[0] - 1) < 1e-9)
    let against = try self.subject(weights.map { -$0 })
    #expect(try abs(SingleDeletion(cells: 2).values(against)[0] + 1) < 1e-9)
    // Sums 0, 0, 0, 1 against drops 6, 1, -4, 3: by ranks 2 2 2 4 against 4 2 1 3.
    let one = try self.subject(weights.indices.map { $0 == 15 ? 1 : 0 })
    #expect(try abs(SingleDeletion(cells: 2).values(one)[0] - 1.0 / 15.0.squareRoot()) < 1e-6)
    // Pearson of (0, 0, 0, 1) and (6, 1, -4, 3): 1.5 / sqrt(0.75 · 53).
    #expect(try abs(estimate.values(one)[0] - 1.5 / (0.75 * 53).squareRoot()) < 1e-6)
  }

  @Test func `region perturbation: the two orders of a linear model, and what is between them`() throws {
    let subject = try subject(image: (0..<16).map { Float($0 % 2) })
    let score = try RegionPerturbation(region: 2, steps: 4).evaluate(subject)
    let noise = try subject.resampled(0)
    let grid = PixelGrid(height: 4, width: 4, side: 2)
    let changes = grid.cells.map { cell in
      cell.reduce(0.0) { $0 + Double(weights[$1]) * Double(subject.input[$1] - noise[$1]) }
    }
    // By the sums of the map: cells 0, 3, 1, 2.
    func mean(_ order: [Int]) -> Double {
      (0...4).map { k in order.prefix(k).reduce(0.0) { $0 + changes[$1] } }.reduce(0, +) / 5
    }
    let (morf, lerf) = (mean([0, 3, 1, 2]), mean([2, 1, 3, 0]))
    let values = score.values.compactMap(\.self)
    for (a, b) in zip(values, [morf - lerf, morf, lerf]) { #expect(abs(a - b) < 1e-4) }
    let turned = try RegionPerturbation(region: 2, steps: 4).values(
      MetricFixtures.subject(
        weights.map { -$0 }, height: 4, model: MetricFixtures.linear(weights, height: 4),
        image: (0..<16).map { Float($0 % 2) }))
    #expect(abs(turned[0] + values[0]) < 1e-4 && abs(turned[1] - values[2]) < 1e-4)
  }

  @Test func `monotonicity counts the steps that do not lower the probability`() throws {
    let ascending = try MonotonicityArya(step: 1).values(subject())
    // In ascending order of the weights the three negative ones come first, and each lowers the probability.
    #expect(abs(ascending[0] - 81.25) < 1e-9 && ascending[1] == 0)
    let positive = try MetricFixtures.subject(
      [1, 2, 3, 4], height: 2, model: MetricFixtures.linear([1, 2, 3, 4], height: 2), image: [1, 1, 1, 1])
    #expect(try MonotonicityArya(step: 1).values(positive) == [100, 100])
    let black = try MetricFixtures.subject(
      [1, 2, 3, 4], height: 2, model: MetricFixtures.linear([1, 2, 3, 4], height: 2), image: [0, 0, 0, 0])
    #expect(try MonotonicityArya(step: 1).evaluate(black).reason == "the probability does not change")
  }

  @Test func `monotonicity of Nguyen ranks cells by what their loss does`() throws {
    // One pixel a cell: the deviation is (w · (x - e))² with the draws that all pixels share in kind, not in value.
    let weights: [Float] = [0, 0.01, 1, 100]
    let model = try MetricFixtures.linear(weights, height: 2)
    func value(_ map: [Float]) throws -> Double {
      try MonotonicityNguyen(cells: 2).values(
        MetricFixtures.subject(map, height: 2, model: model, image: [0, 1, 0, 1]))[0]
    }
    #expect(try abs(value([0, -1, 2, 3]) - 1) < 1e-9)
    #expect(try abs(value([3, 2, 1, 0]) + 1) < 1e-9)
  }

  @Test func `sensitivity-n of a linear model's own map is 1 for every n`() throws {
    let score = try SensitivityN(shares: [0.1, 0.5, 0.8], samples: 20).evaluate(subject())
    #expect(abs((score.primary ?? .nan) - 1) < 1e-6)
    for y in score.curves[0].y { #expect(abs((y ?? .nan) - 1) < 1e-6) }
    #expect(
      try abs(SensitivityN(shares: [0.5], samples: 20).values(subject(weights.map { -$0 }))[0] + 1) < 1e-6)
    // The subsets are those of faithfulness correlation.
    let map = weights.indices.map { Float($0 * $0 % 7) }
    #expect(
      try SensitivityN(shares: [0.25], samples: 30).values(subject(map))
        == FaithfulnessCorrelation(samples: 30, subset: 4).values(subject(map)))
  }

  @Test func `IROF is the area over the relative probability as superpixels go`() throws {
    // Two halves of one colour each: four superpixels of 2 x 2 pixels.
    let image = (0..<16).map { Float($0 % 4 < 2 ? 0 : 1) }
    let model = try MetricFixtures.linear((0..<16).map { Float($0 % 4 < 2 ? -0.25 : 0.5) }, height: 4)
    let map = (0..<16).map { Float($0 % 4 < 2 ? 0 : 1) }
    let subject = try MetricFixtures.subject(map, height: 4, model: model, image: image)
    let segments = SLIC(segments: 4).segments(of: subject.input)
    #expect(segments == PixelGrid(height: 4, width: 4, side: 2).cells)
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    // The score is 8 · 0.5; each quarter goes to the mean of 0.5, those on the right first.
    let curve = [4, 3, 2, 1.5, 1].map(sigmoid)
    let area = (curve[0] / 2 + curve[1] + curve[2] + curve[3] + curve[4] / 2) / 4 / curve[0]
    #expect(try abs(IROF(segments: 4).values(subject)[0] - (1 - area)) < 1e-6)
  }

  @Test func `effective complexity is the least share of pixels that keeps the score`() throws {
    // The score is the first of ten pixels.
    let model = try MetricFixtures.linear([1] + Array(repeating: 0, count: 9), height: 1)
    let image = (0..<10).map { Float($0 % 2) }
    func value(_ map: [Float]) throws -> Double {
      try EffectiveComplexity(tolerance: 0.1, steps: 10).values(
        MetricFixtures.subject(map, height: 1, model: model, image: image))[0]
    }
    #expect(try value([-9, 1, 2, 3, 4, 5, 6, 7, 8, 0]) == 0.1, "magnitudes are ranked")
    #expect(try value([5, 1, 2, 3, 4, 9, 6, 7, 8, 0]) == 0.5)
    #expect(try value([0, 1, 2, 3, 4, 9, 6, 7, 8, 5]) == 1)
  }

  @Test func `non-sensitivity counts cells that are nothing on one side only`() throws {
    let model = try MetricFixtures.linear([0, 1, 2, 0], height: 2)
    func value(_ map: [Float]) throws -> Double {
      try NonSensitivity(cells: 2).values(
        MetricFixtures.subject(map, height: 2, model: model, image: [0, 1, 0, 1]))[0]
    }
    #expect(try value([0, -1, 2, 0]) == 0)
    #expect(try value([1, 1, 2, 0]) == 0.25)
    #expect(try value([1, 0, 0, 2]) == 1)
  }
}
