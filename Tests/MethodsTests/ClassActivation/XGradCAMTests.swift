import Methods
import SaliencyCore
import TestSupport
import Testing

@Suite struct XGradCAMTests {
  /// Weights (1 - 2 + 0 + 2) / 4 = 1/4 and (0 + 1 - 6 + 0) / 4 = -5/4: (1/4, 1/2 - 5/4, -15/4, 1/4), rectified.
  @Test func byHand() throws {
    #expect(WorkedExample.isNear(try WorkedExample.values(XGradCAM()), [0.25, 0, 0, 0.25]))
  }

  /// Conservation (Fu 2020): before the ReLU the map sums to the sum of g · A; here no element is cut.
  @Test func aMapWithoutNegativePartsConservesTheGradientTimesActivation() throws {
    let model = try TinyNetworks.chain(
      [2, 2, 2],
      [
        ("maps", Identity()), ("flatten", Flatten()),
        ("score", Dense(kernel: Tensor(shape: [8, 1], scalars: [1, 2, 3, 1, 2, 3, 1, 2]))),
      ])
    let request = try AttributionRequest(model, inputs: WorkedExample.maps, layer: "maps")
    // The score has no bias, so sum g · A is the score itself.
    let sum = try XGradCAM().attribution(for: request).values.sum
    #expect(abs(sum - Double(request.scores[0])) < 1e-5)
  }

  /// A map that is zero everywhere has no weight to share out, and no division by zero.
  @Test func mapsThatAreAllZeroGiveZero() throws {
    let model = try WorkedExample.model()
    let zero = Tensor(repeating: 0, shape: [1, 2, 2, 2])
    let request = try AttributionRequest(model, inputs: zero, targets: [.index(0)], layer: "maps")
    #expect(try XGradCAM().attribution(for: request).values.scalars == [0, 0, 0, 0])
  }
}
