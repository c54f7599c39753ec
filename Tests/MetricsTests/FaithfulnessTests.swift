import Foundation
import Methods
import SaliencyCore
import TestSupport
import Testing

@testable import Metrics

/// The faithfulness metrics on linear models, where every number can be written down.
@Suite struct FaithfulnessTests {
  let weights: [Float] = [0.5, -1, 2, 1.5, -0.25, 0.75, 1, -2, 0.1]
  let image: [Float] = [1, 2, -1, 0.5, 3, 1, -2, 1, 4]

  private var contributions: [Float] { zip(weights, image).map(*) }

  private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  private func subject(_ map: [Float], softmax: Bool = true) throws -> Subject {
    try MetricFixtures.subject(
      map, height: 3, model: MetricFixtures.linear(weights, height: 3, softmax: softmax), image: image)
  }

  @Test(arguments: [true, false]) func `deletion of a linear model is the sum of what is left`(
    _ softmax: Bool
  ) throws {
    let order = contributions.indices.sorted { contributions[$0] > contributions[$1] }
    let expected = (0...9).map { k in
      sigmoid(order[k...].reduce(0) { $0 + Double(contributions[$1]) })
    }
    let score = try Deletion(step: 1).evaluate(subject(contributions, softmax: softmax))
    let curve = try #require(score.curves.first)
    #expect(curve.x == (0...9).map { Double($0) / 9 })
    for (y, wanted) in zip(curve.y, expected) { #expect(abs((y ?? .nan) - wanted) < 1e-6) }
    let area = (expected.reduce(0, +) - (expected[0] + expected[9]) / 2) / 9
    #expect(abs((score.primary ?? .nan) - area) < 1e-6)
  }

  @Test func `no order deletes a linear model faster than its contributions`() throws {
    let best = try Deletion(step: 1).values(subject(contributions))[0]
    for seed in 0..<30 {
      let order = CounterRandom(seed: UInt64(seed)).permutation(of: 9).map(Float.init)
      #expect(try Deletion(step: 1).values(subject(order))[0] >= best)
      #expect(try Insertion(step: 1, fill: .zero).values(subject(order))[0] <= 1)
    }
  }

  @Test func `insertion into zeros is the sum of what has come`() throws {
    let order = contributions.indices.sorted { contributions[$0] > contributions[$1] }
    let expected = (0...9).map { k in sigmoid(order[..<k].reduce(0) { $0 + Double(contributions[$1]) }) }
    let score = try Insertion(step: 1, fill: .zero).evaluate(subject(contributions))
    for (y, wanted) in zip(try #require(score.curves.first).y, expected) {
      #expect(abs((y ?? .nan) - wanted) < 1e-6)
    }
  }

  @Test func `steps are equal, and equal pixels go in row-major order`() throws {
    let score = try Deletion(step: 4).evaluate(subject([1, 1, 1, 0, 0, 0, 0, 0, 0]))
    // ceil(9 / 4) = 3 steps of 3 pixels, not 4 + 4 + 1.
    #expect(score.curves.first?.x == [0, 1.0 / 3, 2.0 / 3, 1])
    let rows = [0, 3, 6, 9].map { k in sigmoid(contributions[k...].reduce(0) { $0 + Double($1) }) }
    for (y, wanted) in zip(try #require(score.curves.first).y, rows) {
      #expect(abs((y ?? .nan) - wanted) < 1e-6)
    }
  }

  @Test func `the area of a curve is the trapezoid over its steps`() {
    func area(_ y: [Double?]) -> Double? {
      Curve("", xTitle: "", yTitle: "", x: y.indices.map(Double.init), y: y).areaUnderCurve
    }
    #expect(area([1, 1, 1]) == 1)
    #expect(area([1, 0]) == 0.5)
    #expect(area([1, 0.5, 0, 0]) == 1.0 / 3)
    #expect(area([1, nil, 0]) == nil)
    #expect(area([1]) == nil)
  }

  @Test func `fills are what they say`() throws {
    let model = try MetricFixtures.convolutional()
    let image = TinyNetworks.images(for: model, count: 1) * 3 + 1
    let subject = try MetricFixtures.complete(PlainGradient(), model: model, image: image)
    #expect(subject.replacement(.zero).scalars.allSatisfy { $0 == 0 })
    let mean = subject.replacement(.mean)
    for c in 0..<3 {
      let values = (0..<(26 * 30)).map { image[$0 * 3 + c] }
      #expect(abs(mean[c] - values.reduce(0, +) / Float(values.count)) < 1e-4)
      let noise = (0..<(26 * 30)).map { Double(subject.replacement(.noise)[$0 * 3 + c]) }
      #expect(abs(Moments(noise).mean - Double(mean[c])) < 0.4)
      #expect(abs(Moments(noise).deviation - Moments(values.map(Double.init)).deviation) < 0.3)
    }
    // A constant stays itself where the window is inside the image, and pales at its edges, where zeros come in.
    let flat = GaussianBlur.insertion.applied(to: Tensor(repeating: 2, shape: [1, 26, 30, 3]))
    #expect(abs(flat[0, 12, 15, 1] - 2) < 1e-6)
    #expect(flat[0, 0, 15, 1] < 1.5)
  }

  @Test func `the insertion blur is the kernel of the authors' code`() {
    let weights = GaussianBlur.insertion.weights
    #expect(abs(weights.reduce(0, +) - 1) < 1e-12)
    for (found, wanted) in zip(weights, GoldenStatistics.insertionKernel) {
      #expect(abs(found - wanted) < 1e-9)
    }
  }

  @Test func `average drop follows its formula, relative to the probability`() throws {
    let map: [Float] = [0, 0, 2, 4, 0, 0, 0, 0, 0]
    let score = try AverageDrop().values(subject(map))
    let before = sigmoid(contributions.reduce(0) { $0 + Double($1) })
    let after = sigmoid(0.5 * Double(contributions[2]) + Double(contributions[3]))
    #expect(before < after)
    #expect(score[0] == 0 && score[1] == 100)
    #expect(abs(score[2] - 100 * (after - before) / (1 - before)) < 1e-3)
    let worse = try AverageDrop().values(subject([0, 3, 3, 0, 3, 0, 3, 3, 0]))
    let low = sigmoid([1, 2, 4, 6, 7].reduce(0) { $0 + Double(contributions[$1]) })
    #expect(low < before)
    #expect(abs(worse[0] - 100 * (before - low) / before) < 1e-3 && worse[1] == 0 && worse[2] == 0)
  }

  @Test func `average drop cuts evidence against the class out of the mask`() throws {
    let map: [Float] = [-5, -1, 2, 4, 0, -3, 0, 0, 0]
    let cut: [Float] = [0, 0, 2, 4, 0, 0, 0, 0, 0]
    #expect(try AverageDrop().values(subject(map)) == AverageDrop().values(subject(cut)))
    #expect(try AverageDrop(negatives: .shift).values(subject(map)) != AverageDrop().values(subject(map)))
    #expect(try AverageDrop(negatives: .shift).values(subject(cut)) == AverageDrop().values(subject(cut)))
    let against = try AverageDrop().evaluate(subject(map.map { (value: Float) -> Float in -abs(value) }))
    #expect(against.reason == "the map has no positive value")
  }

  @Test func `average drop scales the map before it is enlarged`() throws {
    // A 1 x 2 map on a 3 x 4 image: at its own resolution its values are 0 and 1, and so they are at the image's edges.
    let model = try MetricFixtures.linear(Array(repeating: 1, count: 12), height: 3)
    let subject = try MetricFixtures.subject(
      [5, 7], height: 1, model: model, image: Array(repeating: 1, count: 12))
    let mask = try subject.unitMap(.cut)
    #expect(mask.values == [0, 0.25, 0.75, 1, 0, 0.25, 0.75, 1, 0, 0.25, 0.75, 1])
  }

  @Test func `infidelity of a linear model's gradient is zero, and knows a wrong scale`() throws {
    let model = try MetricFixtures.linear(weights, height: 3)
    let input = Tensor(shape: [1, 3, 3, 1], scalars: image)
    let request = try AttributionRequest(model, inputs: input, targets: [.index(0)])
    let exact = try Infidelity().values(Subject(applying: PlainGradient(), to: request))
    #expect(exact[0] < 1e-9 && exact[1] < 1e-9)
    let doubled = try Infidelity().values(Subject(applying: Scaled(PlainGradient(), by: 2), to: request))
    #expect(doubled[0] < 1e-9)
    // E[(I · w)²] = (0.2 · 6)² |w|², here from 100 draws.
    let power = 1.44 * Double(weights.reduce(0) { $0 + $1 * $1 })
    #expect(abs(doubled[1] / power - 1) < 0.4)
    // An attribution at right angles to the gradient explains next to nothing of it, whatever its scale.
    let turned = FixedMap([1, 0.5, 0, 0, 0, 0, 2, 1, 0], height: 3)
    #expect(try Infidelity().values(Subject(applying: turned, to: request))[0] > 0.5 * power)
  }

  @Test func `infidelity needs every element of the input`() throws {
    let model = try MetricFixtures.convolutional()
    let subject = try MetricFixtures.complete(
      RandomControl(), model: model, image: TinyNetworks.images(for: model, count: 1))
    let reason = try Infidelity().evaluate(subject).reason
    #expect(reason == "the attribution has shape (26, 30, 1), the input (26, 30, 3)")
  }

  @Test func `faithfulness correlation of contributions is 1, of their negatives -1`() throws {
    let metric = FaithfulnessCorrelation(samples: 20, subset: 4)
    #expect(try abs(metric.values(subject(contributions))[0] - 1) < 1e-5)
    #expect(try abs(metric.values(subject(contributions.map { -$0 }))[0] + 1) < 1e-5)
    let random = try metric.values(subject(CounterRandom(seed: 4).uniform(0..<1, shape: [9]).scalars))
    #expect(abs(random[0]) < 0.9)
  }

  @Test func `road restores what its neighbours tell, so that a linear picture loses nothing`() throws {
    let side = 12
    let ramp = (0..<(side * side)).map { Float($0 / side) * 0.3 - Float($0 % side) * 0.1 }
    let weights = CounterRandom(seed: 8).normal(shape: [side * side]).scalars.map { $0 * 0.2 }
    // The map marks the middle, whose neighbours keep the ramp; the border, last in rank, is never removed.
    let map = (0..<(side * side)).map { i -> Float in
      let edge = [i / side, i % side, side - 1 - i / side, side - 1 - i % side].min() ?? 0
      return Float(edge)
    }
    let subject = try MetricFixtures.subject(
      map, height: side, model: MetricFixtures.linear(weights, height: side), image: ramp)
    let score = try ROAD(percentages: [10, 30, 60], noise: 0).evaluate(subject)
    let before = try subject.probability()
    let morf = try #require(score.curves.first)
    for y in morf.y { #expect(abs((y ?? .nan) - before) < 1e-4) }
    let values = score.values.compactMap(\.self)
    #expect(abs(values[0] - (values[2] - values[1]) / 2) < 1e-12)
    #expect(abs(values[1] - before) < 1e-4)
  }

  @Test func `road's least relevant first is most relevant first of the ranking turned round`() throws {
    let model = try MetricFixtures.convolutional()
    let image = TinyNetworks.images(for: model, count: 1)
    let map = CounterRandom(seed: 3).uniform(0..<1, shape: [26 * 30]).scalars
    let metric = ROAD(percentages: [20, 50])
    let up = try metric.values(
      MetricFixtures.complete(FixedMap(map, height: 26), model: model, image: image))
    let down = try metric.values(
      MetricFixtures.complete(FixedMap(map.map { 1 - $0 }, height: 26), model: model, image: image))
    #expect(abs(up[1] - down[2]) < 1e-6 && abs(up[2] - down[1]) < 1e-6)
  }
}
