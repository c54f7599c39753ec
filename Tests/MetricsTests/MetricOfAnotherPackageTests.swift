import Configuration
import SaliencyCore
import TestSupport
import Testing

@testable import Metrics

/// The example of Guides/WritingAMetric.md, with nothing but what is public.
struct HalfGone: Metric {
  static let descriptor = MetricDescriptor(
    "half-gone", title: "Half gone", category: .faithfulness, direction: .higher, unit: "%",
    paper: "example", needs: [.target])

  var fill = Fill.mean

  func score(_ subject: Subject) throws -> Score {
    let order = try subject.map.requiredRanking()
    let replacement = subject.replacement(fill)
    let channels = subject.input.shape[3]
    let before = try subject.probability()
    let after = try subject.responses(.probability, to: 1) { _, copy in
      for pixel in order.prefix(order.count / 2) {
        for i in (pixel * channels)..<((pixel + 1) * channels) { copy[i] = replacement[i] }
      }
    }[0]
    guard before > 0 else { throw NotApplicable("the class's probability is 0") }
    return Score(100 * (before - after) / before)
  }
}

@Suite struct MetricOfAnotherPackageTests {
  @Test func `a metric is one struct, and the catalog takes it`() throws {
    let catalog = MetricCatalog.standard.adding(HalfGone.self)
    let metric = try catalog.parse("half-gone(fill=zero)")
    let model = try TinyNetworks.chain(
      [1, 4, 1],
      [
        ("flatten", Flatten()),
        ("scores", Dense(kernel: Tensor(shape: [4, 2], scalars: [1, 0, 1, 0, -1, 0, -1, 0]))),
        ("softmax", Softmax()),
      ])
    let request = try AttributionRequest(
      model, inputs: Tensor(repeating: 1, shape: [1, 1, 4, 1]), targets: [.index(0)])
    // Scores 0 and 0; without the two pixels that speak for the class, -2 and 0.
    let score = try metric.evaluate(Subject(applying: Weights(), to: request))
    let wanted = 100 * (0.5 - 0.11920292) / 0.5
    let found = score.primary ?? .nan
    #expect(abs(found - wanted) < 1e-4)
  }
}

/// The gradient with its sign.
private struct Weights: RuleBasedMethod {
  static let descriptor = MethodDescriptor(
    "weights", title: "Weights", family: .gradient, paper: "", reduction: .sum, isSigned: true)
  func rules(for model: Model) -> RuleMap { .gradient }
}
