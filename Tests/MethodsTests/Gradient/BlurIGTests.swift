import SaliencyCore
import TestSupport
import Testing

@testable import Methods

@Suite struct BlurIGTests {
  /// A linear score: each element's weight times what the blur takes away from it.
  @Test func byHand() throws {
    let model = try TinyNetworks.chain(
      [1, 3, 1],
      [("flatten", Flatten()), ("score", Dense(kernel: Tensor(shape: [3, 1], scalars: [1, 2, -1])))])
    let image = Tensor(shape: [1, 1, 3, 1], scalars: [3, 1, 2])
    let request = try AttributionRequest(model, inputs: image)
    let found = try BlurIG(steps: 2000, maxSigma: 2).attribution(for: request)
    let blurred = GaussianFilter(sigma: 2, border: .zero)(image).scalars
    let expected = zip([1, 2, -1] as [Float], zip(image.scalars, blurred)).map { $0 * ($1.0 - $1.1) }
    #expect(WorkedExample.isNear(found.values.scalars, expected, within: 2e-2))
    #expect(try #require(found.completenessGap)[0] < 1e-2)
  }

  @Test func aFinePathCloses() throws {
    let model = try TinyNetworks.gap()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 2))
    for gap in try #require(BlurIG(steps: 1000, maxSigma: 3).attribution(for: request).completenessGap) {
      #expect(gap < 0.05)
    }
  }
}
