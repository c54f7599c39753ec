import Methods
import SaliencyCore
import TestSupport
import Testing

@Suite struct GuidedGradCAMTests {
  /// Guided backprop times Grad-CAM enlarged bilinearly, neither normalised.
  @Test func isTheProductOfItsParts() throws {
    let model = try TinyNetworks.vgg()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 2))
    let detail = try GuidedBackprop().attribution(for: request).values
    let region = try GradCAM().attribution(for: request).values
    let answer = try GuidedGradCAM().attribution(for: request)
    #expect(answer.matched == 3)
    for n in 0..<2 {
      let enlarged = SaliencyMap(Attribution(region), sample: n, reduction: .sum).resized(
        height: 8, width: 8)
      for y in 0..<8 {
        for x in 0..<8 {
          for c in 0..<3 {
            let expected = detail[n, y, x, c] * enlarged.values[y * 8 + x]
            #expect(abs(answer.values[n, y, x, c] - expected) <= 1e-6 * abs(expected))
          }
        }
      }
    }
  }

  @Test func itNeedsWhatItsPartsNeed() throws {
    let smooth = try TinyNetworks.chain(
      [2, 2, 1],
      [("conv", Conv2D(kernel: Tensor(repeating: 1, shape: [1, 1, 1, 2]))), ("gap", GlobalAveragePool2D())])
    #expect(GuidedGradCAM().unsuitability(for: smooth)?.contains("has none (nonlinear layers: none)") == true)
    #expect(GuidedGradCAM().isSuitable(for: try TinyNetworks.vgg()))
  }
}
