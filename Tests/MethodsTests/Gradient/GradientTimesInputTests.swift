import Methods
import SaliencyCore
import TestSupport
import Testing

@Suite struct GradientTimesInputTests {
  @Test func byHand() throws {
    let answer = try GradientTimesInput().attribution(for: WorkedExample.request())
    #expect(answer.values.scalars == [1, 0, -2, 1, 0, -6, 2, 0])
  }

  /// Without biases a network of ReLUs and max pooling is homogeneous: the attributions sum to the score.
  @Test func withoutBiasesTheAttributionsSumToTheScore() throws {
    let model = try TinyNetworks.vgg()
    let graph = try model.graph.mapParameters { _, parameter in
      parameter.name == "bias" ? parameter.value * 0 : parameter.value
    }
    let request = try AttributionRequest(
      model.replacingGraph(graph), inputs: TinyNetworks.images(for: model, count: 2))
    let answer = try GradientTimesInput().attribution(for: request).values
    for n in 0..<2 {
      #expect(
        abs(answer.sample(n).sum - Double(request.scores[n])) < 1e-5 * abs(Double(request.scores[n])) + 1e-6
      )
    }
  }
}
