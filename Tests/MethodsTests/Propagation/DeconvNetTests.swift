import Methods
import SaliencyCore
import TestSupport
import Testing

@Suite struct DeconvNetTests {
  private func values(_ request: AttributionRequest) throws -> [Float] {
    try DeconvNet().attribution(for: request).values.scalars
  }

  /// The second unit did not fire and its signal passes all the same; the third has a negative signal.
  @Test func aPositiveSignalPassesWhereTheUnitDidNotFire() throws {
    #expect(try values(RuleExample.request(ReLU())) == [1, 1, 0])
    #expect(try values(RuleExample.request(ReLU(maximum: 6), pixels: [2, 7, 3])) == [1, 1, 0])
    #expect(try values(RuleExample.request(ReLU(), pixels: [-5, -5, -5])) == [1, 1, 0])
  }

  /// Nothing of the image is left but the switches of the max pooling.
  @Test func withoutMaxPoolingTheImageDoesNotMatter() throws {
    let model = try TinyNetworks.gap()
    let images = TinyNetworks.images(for: model, count: 2)
    let request = try AttributionRequest(model, inputs: images, targets: [.index(1)])
    let answer = try DeconvNet().attribution(for: request)
    #expect(answer.values.sample(0).relativeError(to: answer.values.sample(1)) < 1e-6)
    #expect(answer.matched == 2)
  }

  @Test func aModelWithoutReLUsIsRefused() throws {
    let request = try RuleExample.request(Activation.tanh)
    #expect(throws: GraphError.ruleMatchedNothing(rule: "ReLU", nonlinearities: ["tanh": 1])) {
      try DeconvNet().attribution(for: request)
    }
    #expect(
      DeconvNet().unsuitability(for: request.model)
        == "DeconvNet changes how ReLUs are passed and chain has none (nonlinear layers: 1 tanh); use `gradient`"
    )
  }
}
