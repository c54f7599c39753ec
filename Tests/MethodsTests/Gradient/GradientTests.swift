import Methods
import SaliencyCore
import TestSupport
import Testing

@Suite struct GradientTests {
  /// The score is linear in the image: its gradient is the weights.
  @Test func byHand() throws {
    let answer = try Gradient().attribution(for: WorkedExample.request())
    #expect(answer.values == WorkedExample.gradients)
    #expect(answer.matched == nil)
  }

  /// Asked about the probability, the gradient is that of the scores weighted by p_t (1[i = t] - p_i).
  @Test func ofTheOutputByTheSoftmaxRule() throws {
    let model = try TinyNetworks.mixed()
    let images = TinyNetworks.images(for: model, count: 1)
    let output = try AttributionRequest(model, inputs: images, targets: [.index(1)], score: .output)
    let p = output.tape[model.output].scalars
    let byClass = try (0..<3).map { target in
      try Gradient().attribution(for: AttributionRequest(model, inputs: images, targets: [.index(target)]))
        .values
    }
    let expected = (0..<3).map { byClass[$0] * (p[1] * (($0 == 1 ? 1 : 0) - p[$0])) }
    let sum = expected[0] + expected[1] + expected[2]
    #expect(try Gradient().attribution(for: output).values.relativeError(to: sum) < 1e-5)
  }

  /// A score that does not depend on the pixels: zero, which the map then reports.
  @Test func aScoreThatIgnoresThePixelsGivesZero() throws {
    var graph = Graph()
    let image = try graph.addInput(named: "image", shape: [2, 2, 1])
    let other = try graph.addInput(named: "other", shape: [3])
    let score = try graph.add(Identity(), named: "score", inputs: [other])
    let model = try Model(name: "blind", graph: graph, input: image, output: score)
      .fixing("other", at: Tensor(shape: [1, 3], scalars: [1, 2, 3]))
    let request = try AttributionRequest(model, inputs: Tensor(repeating: 1, shape: [2, 2, 2, 1]))
    let answer = try Gradient().attribution(for: request)
    #expect(answer.values == Tensor(repeating: 0, shape: [2, 2, 2, 1]))
    #expect(SaliencyMap(answer, reduction: .maxAbs).defect == .allZero)
  }
}
