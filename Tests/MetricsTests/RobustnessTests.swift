import Configuration
import SaliencyCore
import TestSupport
import Testing

@testable import Metrics

/// A method whose answer is the image itself: how much it changes is known.
private struct Echo: SaliencyMethod {
  static let descriptor = MethodDescriptor("echo", title: "Echo", family: .control, paper: "")
  init() {}
  func attribution(for request: AttributionRequest) -> Attribution { Attribution(request.inputs) }
}

@Suite struct RobustnessTests {
  @Test func `a linear model's gradient does not change at all`() throws {
    let model = try MetricFixtures.linear([1, 2, 3, 4], height: 2)
    let request = try AttributionRequest(
      model, inputs: Tensor(shape: [1, 2, 2, 1], scalars: [1, 0, 2, 5]), targets: [.index(0)])
    #expect(try MaxSensitivity().values(Subject(applying: PlainGradient(), to: request)) == [0])
  }

  @Test func `what is drawn is what changes`() throws {
    let model = try MetricFixtures.linear([1, 2, 3, 4], height: 2)
    let input = Tensor(shape: [1, 2, 2, 1], scalars: [1, 0, 2, 5])
    let subject = try Subject(applying: Echo(), to: AttributionRequest(model, inputs: input))
    let draws = (0..<10).map { k in
      subject.random(.sensitivity, k).uniform(-0.1..<0.1, shape: input.shape).norm / input.norm
    }
    let value = try MaxSensitivity().values(subject)[0]
    #expect(abs(value - (draws.max() ?? 0)) < 1e-6)
    #expect(value <= 0.1 * 2 / input.norm)
    let wider = try MaxSensitivity(samples: 10, radius: 0.2).values(subject)[0]
    #expect(abs(wider / value - 10) < 1e-3)
  }

  @Test func `a constant image has no range to perturb`() throws {
    let model = try MetricFixtures.linear([1, 2, 3, 4], height: 2)
    let request = try AttributionRequest(model, inputs: Tensor(repeating: 1, shape: [1, 2, 2, 1]))
    #expect(
      try MaxSensitivity().evaluate(Subject(applying: Echo(), to: request)).reason
        == "the image is constant")
  }

  @Test func `completeness is judged where it is promised`() throws {
    let model = try MetricFixtures.linear([1, 2, 3, 4], height: 2)
    let request = try AttributionRequest(
      model, inputs: Tensor(shape: [1, 2, 2, 1], scalars: [1, 0, 2, 5]), targets: [.index(0)])
    #expect(try CompletenessGap().values(Subject(applying: Contribution(), to: request))[0] < 1e-6)
    #expect(
      try CompletenessGap().evaluate(Subject(applying: PlainGradient(), to: request)).reason
        == "Plain does not promise completeness")
  }
}
