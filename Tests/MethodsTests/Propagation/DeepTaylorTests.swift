import SaliencyCore
import TestSupport
import Testing

@testable import Methods

@Suite struct DeepTaylorTests {
  private func model() throws -> Model {
    try TinyNetworks.chain(
      [1, 1, 2],
      [
        ("flatten", Flatten()), ("hidden", Dense(kernel: Tensor(shape: [2, 2], scalars: [1, -1, 2, 1]))),
        ("relu", ReLU()), ("score", Dense(kernel: Tensor(shape: [2, 1], scalars: [1, 3]))),
      ])
  }

  /// x = (1, 2): h = (1 + 4, -1 + 2) = (5, 1), f = 5 + 3 = 8, R_h = (5, 3).
  ///
  /// w²: the first unit's 5 in 1 : 4, the second's 3 in 1 : 1. z-box in [0, 4]: x w - h w⁻: the second unit's weights
  /// -1 and 1 give -1 + 4 = 3 and 2, the first's 1 and 4.
  @Test func byHand() throws {
    var model = try model()
    let image = Tensor(shape: [1, 1, 1, 2], scalars: [1, 2])
    let real = try DeepTaylor().attribution(for: AttributionRequest(model, inputs: image))
    #expect(WorkedExample.isNear(real.values.scalars, [2.5, 5.5], within: 1e-5))
    (model.black, model.white) = ([0, 0], [4, 4])
    let box = try DeepTaylor().attribution(for: AttributionRequest(model, inputs: image))
    #expect(WorkedExample.isNear(box.values.scalars, [2.8, 5.2], within: 1e-5))
    #expect(try #require(box.completenessGap)[0] < 1e-5)
  }

  /// Relevance of a positive score is positive and conserved.
  @Test func relevanceIsPositiveAndConserved() throws {
    let model = try TinyNetworks.vgg()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 3))
    let answer = try DeepTaylor().attribution(for: request)
    for n in 0..<3 where request.scores[n] > 0 {
      #expect(try #require(answer.values.sample(n).bounds).low >= 0)
      #expect(try #require(answer.completenessGap)[n] < 1e-3)
    }
  }
}
