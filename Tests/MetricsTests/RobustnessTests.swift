import Configuration
import Methods
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

  @Test func `one set of perturbed images serves the maximum, the mean and the Lipschitz estimate`() throws {
    let model = try MetricFixtures.linear([1, 2, 3, 4], height: 2)
    let input = Tensor(shape: [1, 2, 2, 1], scalars: [1, 0, 2, 5])
    let request = try AttributionRequest(model, inputs: input).metered()
    let subject = try Subject(applying: Echo(), to: request)
    let changes = (0..<10).map {
      subject.random(.sensitivity, $0).uniform(-0.1..<0.1, shape: input.shape).norm
    }
    let mean = changes.reduce(0, +) / 10 / input.norm
    #expect(try abs(AvgSensitivity().values(subject)[0] - mean) < 1e-6)
    let lipschitz = try LocalLipschitz().values(subject)
    #expect(abs(lipschitz[0] - 1) < 1e-5 && abs(lipschitz[1] - 1) < 1e-5, "the attribution is the image")
    #expect(try abs(RIS().values(subject)[0] - 1) < 1e-3)
    let before = subject.request.passes
    _ = try (MaxSensitivity().values(subject), AvgSensitivity().values(subject), ROS().values(subject))
    #expect(subject.request.passes == before, "nothing is computed twice")
  }

  @Test func `output and representation stability divide by what the model does`() throws {
    let model = try MetricFixtures.linear([1, 2, 3, 4], height: 2)
    let input = Tensor(shape: [1, 2, 2, 1], scalars: [1, 0.5, 2, 5])
    let subject = try Subject(applying: Echo(), to: AttributionRequest(model, inputs: input))
    let ratios = (0..<10).map { k -> Double in
      let e = subject.random(.sensitivity, k).uniform(-0.09..<0.09, shape: input.shape)
      return (e / input).norm / abs(e.dot(Tensor(shape: input.shape, scalars: [1, 2, 3, 4])))
    }
    let found = try ROS().values(subject)[0]
    #expect(abs(found / (ratios.max() ?? 0) - 1) < 1e-3)
    let convolutional = try MetricFixtures.convolutional()
    let whole = try MetricFixtures.complete(
      Contribution(), model: convolutional, image: TinyNetworks.images(for: convolutional, count: 1))
    #expect(try RRS().values(whole)[0] > 0)
  }

  @Test func `continuity of the image itself is 1-norm over 2-norm of its shifts`() throws {
    let model = try MetricFixtures.linear([1, 1, 1, 1], height: 1)
    let input = Tensor(shape: [1, 1, 4, 1], scalars: [3, 1, 0, 2])
    let subject = try Subject(applying: Echo(), to: AttributionRequest(model, inputs: input))
    // Moved by one: 3 3 1 0, changes 0 2 1 -2; by two: 3 3 3 1, changes 0 2 3 -1.
    let steepest = max(5 / 9.0.squareRoot(), 6 / 14.0.squareRoot())
    let values = try Continuity(shifts: 2, step: 1).values(subject)
    #expect(abs(values[1] - steepest) < 1e-6)
    #expect(abs(values[0] - steepest * 14.0.squareRoot() / 6) < 1e-6)
    let flat = try Subject(
      applying: Echo(), to: AttributionRequest(model, inputs: Tensor(repeating: 1, shape: [1, 1, 4, 1])))
    #expect(try Continuity().evaluate(flat).reason == "no shift changes the image")
  }

  @Test func `the noise of SmoothGrad is held while the image is perturbed`() throws {
    let model = try MetricFixtures.convolutional()
    let image = TinyNetworks.images(for: model, count: 1)
    let request = try AttributionRequest(model, inputs: image, targets: [.index(1)])
    let method = SmoothGrad(base: PlainGradient(), samples: 3)
    let other = image + 0.25
    let held = try request.with(inputs: other, explainedAs: 0).holdingNoise(of: request)
    #expect(held.noiseKey(of: 0) == image.contentKey && request.noiseKey(of: 0) == image.contentKey)
    #expect(held.metered().noiseKey(of: 0) == image.contentKey)
    #expect(try held.with(targets: [.index(0)]).noiseKey(of: 0) == image.contentKey)
    let loose = try request.with(inputs: other, explainedAs: 0)
    #expect(try method.attribution(for: held).values != method.attribution(for: loose).values)
    let subject = try Subject(applying: method, to: request, seed: 1)
    let value = try MaxSensitivity(samples: 4, radius: 1e-4).values(subject)[0]
    let gradient = try MaxSensitivity(samples: 4, radius: 1e-4).values(
      Subject(applying: PlainGradient(), to: request, seed: 1))[0]
    #expect(value < 0.05 + 10 * gradient, "without held noise it is near 1: \(value), gradient \(gradient)")
  }

  @Test func `input invariance: gradients keep, products with the input change`() throws {
    let model = try MetricFixtures.convolutional()
    let image = TinyNetworks.images(for: model, count: 1)
    func value(_ method: any SaliencyMethod) throws -> Double {
      try InputInvariance(shift: 0.5).values(MetricFixtures.complete(method, model: model, image: image))[0]
    }
    #expect(try value(PlainGradient()) < 1e-3)
    // The gradient is the same, so that the change is shift · gradient.
    let gradient = try AttributionRequest(model, inputs: image, targets: [.index(1)]).inputGradient().0
    let bounds = try #require(image.bounds)
    let expected = Double(bounds.high - bounds.low) * 0.5 * gradient.norm / (gradient * image).norm
    #expect(try abs(value(Contribution()) / expected - 1) < 1e-2)
  }

  @Test func `linearity: gradients add up, a map that never changes does not`() throws {
    let model = try MetricFixtures.convolutional()
    let image = TinyNetworks.images(for: model, count: 1)
    func value(_ method: any SaliencyMethod) throws -> Double {
      try Linearity().values(MetricFixtures.complete(method, model: model, image: image))[0]
    }
    #expect(try value(PlainGradient()) < 1e-5)
    #expect(try abs(value(RandomControl()) - 0.5) < 1e-6, "|m - 2m| / 2|m|")
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
