import Foundation
import SaliencyCore
import TestSupport
import Testing

@testable import Metrics

@Suite struct InformationCurveTests {
  @Test func `the entropy of a picture is that of its residuals`() {
    let entropy = PictureEntropy(shape: [2, 4, 1], low: 0, high: 255)
    // A constant: one residual of 7, seven of 0.
    let flat = entropy.bits(of: Tensor(repeating: 7, shape: [1, 2, 4, 1]))
    #expect(abs(flat - (7 * log2(8.0 / 7) + 3)) < 1e-9)
    // A ramp along the row is predicted from the left: 1, 1, 1, 1 and then, from left, above and corner, 0, 0, 0, 0.
    let ramp = Tensor(shape: [1, 2, 4, 1], scalars: [1, 2, 3, 4, 1, 2, 3, 4])
    // Second row: first pixel from above (0), then Paeth's estimate left + up - corner = exact (0).
    #expect(abs(entropy.bits(of: ramp) - 8) < 1e-9)
    #expect(entropy.bits(of: Tensor(shape: [1, 2, 4, 1], scalars: [9, 200, 3, 77, 31, 8, 250, 100])) == 24)
  }

  @Test func `the area is that of a rising curve over its own places`() {
    let curve = Curve("", xTitle: "", yTitle: "", x: [0, 0.2, 0.6, 1], y: [0, 0.5, 0.5, 1])
    #expect(abs(InformationCurve.area(of: curve) - (0.05 + 0.2 + 0.3)) < 1e-12)
  }

  /// A model that looks at the left half, where the image is textured; the right half is textured too.
  private func subject(_ map: (Int) -> Float) throws -> Subject {
    let side = 16
    let image = CounterRandom(seed: 5).uniform(0..<1, shape: [1, side, side, 1]).scalars
    let weights = (0..<(side * side)).map { i -> Float in i % side < side / 2 ? (image[i] - 0.5) : 0 }
    return try MetricFixtures.subject(
      (0..<(side * side)).map(map), height: side, model: MetricFixtures.linear(weights, height: side),
      image: image)
  }

  @Test func `a map of what the model uses needs less information`() throws {
    let own = try SIC().evaluate(subject { $0 % 16 < 8 ? 1 + Float($0) * 1e-4 : 0 })
    let other = try SIC().evaluate(subject { $0 % 16 < 8 ? 0 : 1 + Float($0) * 1e-4 })
    let (good, bad) = (try #require(own.primary), try #require(other.primary))
    #expect(good > 0.6 && bad < 0.5, "\(good), \(bad)")
    for score in [own, other] {
      let curve = score.curves[0]
      #expect(curve.x.first == 0 && curve.x.last == 1 && curve.x == curve.x.sorted())
      let y = curve.y.compactMap(\.self)
      #expect(y == y.sorted() && y.first == 0 && y.last == 1)
    }
  }

  @Test func `AIC is a step where the class is found`() throws {
    let subject = try subject { $0 % 16 < 8 ? 1 : Float($0) * 1e-4 }
    let points = try InformationCurve(subject, shares: InformationCurve.shares, known: 0.01)
    let score = try AIC().evaluate(subject)
    if points.empty.isPredicted {
      #expect(score.reason == "the model predicts the class from a few random pixels")
    } else {
      #expect(score.curves[0].y.allSatisfy { $0 == 0 || $0 == 1 })
      #expect((0...1).contains(try #require(score.primary)))
    }
    let negative = try MetricFixtures.subject(
      (0..<256).map(Float.init), height: 16,
      model: MetricFixtures.linear(Array(repeating: -1, count: 256), height: 16),
      image: CounterRandom(seed: 5).uniform(0..<1, shape: [1, 16, 16, 1]).scalars)
    #expect(try AIC().evaluate(negative).reason == "the model predicts another class")
  }
}
