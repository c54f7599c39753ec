import Methods
import SaliencyCore
import TestSupport
import Testing

@Suite struct GradCAMPlusPlusTests {
  // Both maps sum to 4, so alpha = g² / (2 g² + 4 g³) is 1/6 where g = 1 and 1/10 where g = 2.
  // w_0 = 1/6 · 1 + 2 · (1/10 · 2) = 17/30, w_1 = 1/6 · 1.
  // Map: w_0, 2 w_0 + w_1, 3 w_1, w_0 = 17/30, 39/30, 15/30, 17/30.
  @Test func byHand() throws {
    let expected: [Float] = [17, 39, 15, 17].map { $0 / 30 }
    #expect(WorkedExample.isNear(try WorkedExample.values(GradCAMPlusPlus()), expected))
  }

  /// For a vanishing gradient alpha is 1/2, whatever its powers do in float32.
  @Test func smallGradientsAreNotLost() throws {
    let tiny: Float = 1e-22
    let graph = try WorkedExample.model().graph.mapParameters { _, parameter in parameter.value * tiny }
    let request = try WorkedExample.request(try WorkedExample.model().replacingGraph(graph))
    // w_0 = (1 + 2 + 2) / 2, w_1 = 1 / 2, times the gradients' scale.
    let expected: [Float] = [2.5, 5.5, 1.5, 2.5]
    let found = try GradCAMPlusPlus().attribution(for: request).values
    #expect(WorkedExample.isNear((found * (1 / tiny)).scalars, expected, within: 1e-5))
  }

  /// 2 + g sum A = 0 has no alpha; the published code takes g² there.
  @Test func aZeroDenominatorIsNoDivision() throws {
    let model = try TinyNetworks.chain(
      [1, 2, 1],
      [
        ("maps", Identity()), ("flatten", Flatten()),
        ("score", Dense(kernel: Tensor(shape: [2, 1], scalars: [1, 0]))),
      ])
    // Maps -3 and 1 sum to -2: w = 1² · 1, map (-3, 1), rectified (0, 1).
    let request = try AttributionRequest(
      model, inputs: Tensor(shape: [1, 1, 2, 1], scalars: [-3, 1]), layer: "maps")
    #expect(try GradCAMPlusPlus().attribution(for: request).values.scalars == [0, 1])
  }
}
