import Methods
import SaliencyCore
import TestSupport
import Testing

@testable import Configuration

@Suite struct IntegratedGradientsTests {
  /// f = x_0² + 2 x_1², whose gradient is linear: the midpoint rule is exact with any number of steps.
  private func squares() throws -> Model {
    var graph = Graph()
    let input = try graph.addInput(named: "input", shape: [1, 1, 2])
    let square = try graph.add(Merge(.multiply), named: "square", inputs: [input, input])
    let flat = try graph.add(Flatten(), named: "flatten", inputs: [square])
    let dense = Dense(kernel: Tensor(shape: [2, 1], scalars: [1, 2]))
    let score = try graph.add(dense, named: "score", inputs: [flat])
    return Model(name: "squares", graph: graph, input: input, output: score)
  }

  private let image = Tensor(shape: [1, 1, 1, 2], scalars: [3, -1])

  /// From 0: x_0², 2 x_1²; from b: x_0² - b², 2 (x_1² - b²).
  @Test(arguments: [1, 2, 7])
  func byHand(_ steps: Int) throws {
    let request = try AttributionRequest(try squares(), inputs: image)
    let fromZero = try IntegratedGradients(steps: steps).attribution(for: request)
    #expect(WorkedExample.isNear(fromZero.values.scalars, [9, 2], within: 1e-5))
    #expect(try #require(fromZero.completenessGap)[0] < 1e-6)
    let fromTwo = try IntegratedGradients(steps: steps, baseline: .constant(2)).attribution(for: request)
    #expect(WorkedExample.isNear(fromTwo.values.scalars, [9 - 4, 2 * (1 - 4)], within: 1e-5))
  }

  /// The default baseline is the model's black, which need not be 0 and need not be the same in every channel.
  @Test func theBaselineIsBlack() throws {
    var model = try squares()
    model.black = [-1, 2]
    let answer = try IntegratedGradients(steps: 3).attribution(for: AttributionRequest(model, inputs: image))
    #expect(WorkedExample.isNear(answer.values.scalars, [9 - 1, 2 * (1 - 4)], within: 1e-5))
    #expect(Baseline.black.image(for: model).scalars == [-1, 2])
    #expect(Baseline.black.image(for: try squares()).scalars == [0, 0])
  }

  /// The sum is f(x) - f(x') up to the quadrature's error, and the reported gap is that error.
  @Test func attributionsAreCompleteUpToTheReportedGap() throws {
    for model in [try TinyNetworks.mixed(), try TinyNetworks.vgg(), try TinyNetworks.gap()] {
      let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 2))
      let black = try request.with(inputs: request.inputs * 0).scores
      let answer = try IntegratedGradients(steps: 400).attribution(for: request)
      let gaps = try #require(answer.completenessGap)
      for n in 0..<2 {
        let difference = Double(request.scores[n]) - Double(black[n])
        let gap = abs(answer.values.sample(n).sum - difference) / abs(difference)
        #expect(gap < 0.01, "\(model.name)")
        #expect(abs(gap - Double(gaps[n])) < 1e-5)
      }
    }
  }

  /// A coarse quadrature of a crooked function does not close, and says so.
  @Test func aCoarsePathReportsItsGap() throws {
    let model = try TinyNetworks.chain(
      [1, 1, 1], [("relu", ReLU(threshold: 1)), ("flatten", Flatten())])
    let request = try AttributionRequest(model, inputs: Tensor(repeating: 1.5, shape: [1, 1, 1, 1]))
    // One step, at 0.75: the gradient there is 0, the score 1.5.
    let answer = try IntegratedGradients(steps: 1).attribution(for: request)
    #expect(answer.values.scalars == [0])
    #expect(answer.completenessGap == [1])
  }

  @Test func memoryDoesNotGrowWithTheSteps() throws {
    let watched = try WatchedModel()
    _ = try IntegratedGradients(steps: 100).attribution(
      for: AttributionRequest(watched.model, inputs: watched.images(2)))
    #expect(watched.largestBatch == watched.model.microBatch)
  }

  @Test func parametersAreChecked() throws {
    func sentence(_ text: String) -> String? {
      #expect(throws: ConfigurationError.self) { try MethodCatalog.standard.parse(text) }?.description
    }
    #expect(
      sentence("integrated-gradients(steps=0)") == "integrated-gradients: steps: found 0, expected at least 1"
    )
    #expect(
      sentence("integrated-gradients(baseline=grey)")
        == "baseline: found \"grey\", expected black or a number (of the preprocessed space)")
    let method = try MethodCatalog.standard.parse("integrated-gradients(steps=20, baseline=-1)")
    #expect((method as? IntegratedGradients)?.baseline == .constant(-1))
    #expect(method.label == "integrated-gradients(baseline=-1, steps=20)")
    #expect(
      try MethodCatalog.standard.parse("integrated-gradients(baseline=black)").label == "integrated-gradients"
    )
  }
}
