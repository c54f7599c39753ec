import Methods
import SaliencyCore
import TestSupport
import Testing

@Suite struct HiResCAMTests {
  /// Element by element: (1 + 0, -2 + 1, 0 - 6, 2 + 0), rectified.
  @Test func byHand() throws { #expect(try WorkedExample.values(HiResCAM()) == [1, 0, 0, 2]) }

  /// Under a pooled head all gradients of a map are equal, and HiResCAM is Grad-CAM (Draelos 2020, section 3).
  @Test func onPooledHeadsItIsGradCAM() throws {
    let model = try TinyNetworks.gap()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 2))
    let gradCAM = try GradCAM().attribution(for: request).values
    #expect(try HiResCAM().attribution(for: request).values.relativeError(to: gradCAM) < 1e-6)
  }
}
