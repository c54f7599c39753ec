import SaliencyCore
import TestSupport
import Testing

@testable import Methods

/// Sobol and HSIC attribution.
@Suite struct SensitivityTests {
  /// Var(0, 2) = 2; the second column moves each score by 1 and 3: (1 + 9) / (2 · 2 · 2).
  @Test func jansenByHand() {
    #expect(SobolAttribution.totalOrder([0, 2], [0, 2, 1, 5]) == [0, 10 / 8])
    #expect(SobolAttribution.totalOrder([1, 1], [1, 2]) == [0])
  }

  /// A score that one cell decides depends on it, and not on the other.
  @Test func dependenceByHand() {
    let masks: [[Float]] = [[0, 0], [0, 1], [1, 0], [1, 1]]
    let found = HSIC.dependence(masks, [1, 1, 3, 3])
    // L is 1 within and e^(-1/2) between the halves: H L H = ±(1 - e^(-1/2)) / 2, of which four are summed, twice, over 4.
    #expect(WorkedExample.isNear(found, [(1 - 0.60653066), 0], within: 1e-6))
  }

  @Test func xplique() throws {
    let scores = GoldenNetwork.numbers([48], 11).scalars.map(Double.init)
    let sobol = SobolAttribution.totalOrder(Array(scores.prefix(8)), Array(scores.dropFirst(16)))
    #expect(try GoldenNetwork.agrees(sobol, "sobol", in: "sensitivity_indices"))
    let numbers = GoldenNetwork.numbers([40, 9], 12).scalars
    let masks = (0..<40).map { row in (0..<9).map { numbers[row * 9 + $0] > 0 ? Float(1) : 0 } }
    let hsic = HSIC.dependence(masks, (GoldenNetwork.numbers([40], 13) + 2).scalars)
    #expect(try GoldenNetwork.agrees(hsic, "hsic", in: "sensitivity_indices"))
  }

  /// The cells of a linear score: Var of a uniform number times the square of the part, as a share of the sum.
  @Test func sharesOfVariance() throws {
    let found = try LinearExample.values(SobolAttribution(grid: 2, designs: 256))
    let parts: [Float] = [1, 16, 81, 16].map { $0 / 114 }
    #expect(WorkedExample.isNear(found, parts, within: 0.05), "\(found)")
    let dependence = try LinearExample.values(HSIC(grid: 2, samples: 200))
    #expect(dependence.max() == dependence[2])
  }
}
