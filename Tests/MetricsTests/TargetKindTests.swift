import SaliencyCore
import TestSupport
import Testing

@testable import Metrics

/// Metrics and targets that are not one class.
@Suite struct TargetKindTests {
  private func subject(_ target: Target) throws -> Subject {
    let model = try MetricFixtures.convolutional()
    let image = TinyNetworks.images(for: model, count: 1)
    let request = try AttributionRequest(model, inputs: image, targets: [target])
    return try Subject(
      applying: PlainGradient(), to: request,
      annotations: MetricFixtures.thirds(height: model.inputShape[0], width: model.inputShape[1]))
  }

  private let difference = Target.difference(.index(0), .index(1))

  @Test(
    arguments: [
      PointingGame(), BoxLocalisation(), EnergyPointingGame(), RelevanceMass(), RelevanceRank(),
      ClassDiscrimination(), RandomLogit(), AverageDrop(),
    ] as [any Metric])
  func metricsOfOneClassAreNotApplicable(_ metric: any Metric) throws {
    let score = try metric.evaluate(subject(difference))
    #expect(!score.isApplicable && score.reason == "the target difference(0, 1) is no single class")
    #expect(
      try metric.evaluate(subject(.probability(.index(1)))).isApplicable, "a probability is of one class")
  }

  /// The pixels that a difference marks are removed, and the difference is measured.
  @Test func deletionMeasuresTheExplainedScore() throws {
    let subject = try subject(difference)
    let score = try Deletion(step: 60).evaluate(subject)
    #expect(score.isApplicable && score.curves[0].yTitle == "explained score")
    let first = try #require(score.curves[0].y[0])
    #expect(abs(first - Double(subject.request.scores[0])) < 1e-6)
    #expect(subject.request.measuredProbability == nil)
  }

  @Test func anotherClassOfTheSameKind() throws {
    let request = try subject(.probability(.index(1))).request
    let other = try request.with(classIndex: 2)
    #expect(other.scores == [try request.with(targets: [.probability(.index(2))]).scores[0]])
    #expect(throws: TargetError.self) { try subject(difference).request.with(classIndex: 2) }
  }

  /// The models with layers randomised are asked for the same number.
  @Test func randomisationTakesEveryTarget() throws {
    #expect(try CascadingRandomisation().evaluate(subject(difference)).isApplicable)
  }
}
