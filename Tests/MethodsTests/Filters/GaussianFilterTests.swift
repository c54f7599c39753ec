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

  @Test func aConstantAndTheSumStay() {
    let filter = GaussianFilter(sigma: 1.5, border: .reflected)
    let constant = filter(Tensor(repeating: 3, shape: [1, 5, 9, 2]))
    #expect(constant.scalars.allSatisfy { abs($0 - 3) < 1e-5 })
    var spot = Tensor(repeating: 0, shape: [1, 21, 21, 1])
    spot.withUnsafeMutableScalars { $0[220] = 1 }
    let spread = filter(spot)
    #expect(abs(spread.sum - 1) < 1e-5 && spread[220] == spread.bounds?.high)
  }
}
