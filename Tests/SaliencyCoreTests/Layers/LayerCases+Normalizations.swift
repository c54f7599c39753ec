import SaliencyCore
import TestSupport

@testable import Support

/// Cases of normalisations.
extension LayerCase {
  private static let positive = CounterRandom(seed: 22).uniform(0.5..<2, shape: [3])

  static let normalizations: [LayerCase] = [
    LayerCase(
      "scaled and centred",
      BatchNormalization(gamma: normal([3]), beta: normal([3], 1), mean: normal([3], 2), variance: positive),
      [4, 5, 3]),
    LayerCase(
      "without scale",
      BatchNormalization(gamma: nil, beta: normal([3]), mean: normal([3], 2), variance: positive),
      [4, 5, 3]),
    LayerCase(
      "without centre",
      BatchNormalization(gamma: normal([3]), beta: nil, mean: normal([3], 2), variance: positive),
      [4, 5, 3]),
    LayerCase(
      "of a vector, large epsilon",
      BatchNormalization(gamma: nil, beta: nil, mean: normal([3], 2), variance: positive, epsilon: 0.5), [3]),
    // Channels that happen to be nearly equal would make it too crooked for a finite step.
    LayerCase(
      "each position", LayerNormalization(gamma: normal([3]), beta: normal([3], 1)), [4, 5, 3], points: .apart
    ),
    LayerCase("without scale", LayerNormalization(beta: normal([6])), [6], points: .apart),
    LayerCase("without centre", LayerNormalization(gamma: normal([6])), [6], points: .apart),
    LayerCase(
      "whole maps",
      LayerNormalization(gamma: normal([4, 5, 3]), beta: normal([4, 5, 3], 1), axes: 3, epsilon: 1e-2),
      [4, 5, 3]),
  ]

  static let groupNormalizations: [LayerCase] = [
    LayerCase(
      "2 groups of 3", GroupNormalization(groups: 2, gamma: normal([6]), beta: normal([6], 1)), [4, 5, 6],
      points: .apart),
    LayerCase(
      "a group for each channel", GroupNormalization(groups: 3, gamma: normal([3])), [4, 5, 3], points: .apart
    ),
    LayerCase(
      "one group, without scale", GroupNormalization(groups: 1, beta: normal([6])), [6], points: .apart),
    LayerCase("of a sequence", GroupNormalization(groups: 2, gamma: normal([4])), [5, 4], points: .apart),
    LayerCase("each position", RMSNormalization(scale: normal([3])), [4, 5, 3], points: .apart),
    LayerCase("large epsilon", RMSNormalization(scale: normal([5]), epsilon: 0.5), [5], points: .apart),
    LayerCase("each position", UnitNormalization(), [4, 5, 3], points: .apart),
    LayerCase("whole maps", UnitNormalization(axes: 3), [2, 3, 3], points: .apart),
  ]
}
