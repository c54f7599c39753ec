import Foundation
import SaliencyCore
import TestSupport
import Testing

@testable import Methods

@Suite struct GaussianFilterTests {
  /// One bright pixel: weights exp(-d²/2) over their sum, d up to 4.
  @Test func byHand() throws {
    let image = Tensor(shape: [1, 1, 9, 1], scalars: [0, 0, 0, 0, 1, 0, 0, 0, 0])
    let weights = (-4...4).map { exp(-0.5 * Double($0 * $0)) }
    let total = weights.reduce(0, +)
    let expected = weights.map { Float($0 / total) }
    // Along the one row nothing is reflected but the row itself, which keeps the sum.
    let found = GaussianFilter(sigma: 1, border: .reflected)(image)
    #expect(WorkedExample.isNear(found.scalars, expected))
    // Zero outside: the rows above and below are black.
    let dark = GaussianFilter(sigma: 1, border: .zero)(image)
    #expect(WorkedExample.isNear(dark.scalars, expected.map { $0 * expected[4] }))
    #expect(GaussianFilter(sigma: 0, border: .zero)(image) == image)
  }

  @Test func theDerivativeIsTheDifference() throws {
    let image = CounterRandom(seed: 3).normal(shape: [1, 8, 9, 2])
    let filter = GaussianFilter(sigma: 2, border: .zero)
    let step = 0.5
    let next = GaussianFilter(sigma: 2 + step, border: .zero)(image)
    let difference = (next - filter(image)) * Float(1 / step)
    #expect(filter.derivative(image, step: step).relativeError(to: difference) < 1e-5)
  }
}
