import Configuration
import SaliencyCore
import TestSupport
import Testing

@testable import Methods

/// Feature ablation, Kernel SHAP, Shapley sampling and LIME.
@Suite struct SegmentMethodTests {
  /// Of a linear score, each value is the part of its pixel.
  @Test func byHand() throws {
    let methods: [any SaliencyMethod] = [
      FeatureAblation(segmentation: .grid, segments: 4), KernelSHAP(segmentation: .grid, segments: 4),
      ShapleySampling(segmentation: .grid, segments: 4),
      ShapleySampling(segmentation: .grid, segments: 4, orders: 3, exactSegments: 0),
      KernelSHAP(segmentation: .grid, segments: 4, samples: 30, exactSegments: 0),
    ]
    for method in methods {
      let values = try method.attribution(for: LinearExample.request()).values.scalars
      #expect(WorkedExample.isNear(values, [1, -4, 9, -4], within: 1e-5), "\(method.label): \(values)")
    }
    var lime = LIME(segmentation: .grid, segments: 4, samples: 50)
    (lime.ridge, lime.fill) = (0, .zero)
    #expect(WorkedExample.isNear(try LinearExample.values(lime), [1, -4, 9, -4], within: 1e-4))
  }

  static func game(_ count: Int = 16) throws -> SegmentGame {
    let copies = try ImageCopies(of: 0, in: GoldenNetwork.request())
    return SegmentGame(
      copies, Segmentation.grid(height: 12, width: 10, count: count),
      cover: Tensor(repeating: 0, shape: copies.image.shape), seed: 0)
  }

  private func map(_ values: [Double]) -> [Float] {
    Segmentation.grid(height: 12, width: 10, count: 16).map(values)
  }

  private var coalitions: [[Bool]] {
    let numbers = GoldenNetwork.numbers([60, 16], 8).scalars
    return (0..<60).map { row in (0..<16).map { numbers[row * 16 + $0] > 0 } }
  }

  @Test func captumsFeatureAblation() throws {
    #expect(
      try GoldenNetwork.agrees(FeatureAblation(segmentation: .grid, segments: 16), "feature-ablation"))
  }

  /// Given the same coalitions; Captum's weight of 10^6 stands for the constraint.
  @Test func captumsKernelShap() throws {
    let game = try Self.game()
    let empty = try game.values([[Bool](repeating: false, count: 16)])[0]
    let values = try game.values(coalitions).map { $0 - empty }
    let found = try KernelSHAP.solve(
      coalitions, values, weights: nil, sum: game.whole - empty, count: 16)
    #expect(try GoldenNetwork.agrees(map(found), "kernel-shap"))
    #expect(abs(found.reduce(0, +) - (game.whole - empty)) < 1e-9)
  }

  @Test func captumsShapleySampling() throws {
    let numbers = GoldenNetwork.numbers([3, 16], 9).scalars
    let orders = (0..<3).map { row in
      (0..<16).sorted { numbers[row * 16 + $0] < numbers[row * 16 + $1] }
    }
    let found = try ShapleySampling().means(of: Self.game(), over: orders)
    #expect(try GoldenNetwork.agrees(map(found), "shapley-sampling"))
  }

  @Test func theRegressionOfLIME() throws {
    let found = try LIME().coefficients(coalitions, Self.game().values(coalitions))
    #expect(try GoldenNetwork.agrees(found.map(Float.init), "lime"))
  }

  /// Against the definition: the mean over all 720 orders of 6 players.
  @Test func exactValues() throws {
    let game = try Self.game(6)
    let count = game.count
    func orders(_ rest: [Int]) -> [[Int]] {
      rest.isEmpty ? [[]] : rest.flatMap { first in orders(rest.filter { $0 != first }).map { [first] + $0 } }
    }
    let defined = try ShapleySampling().means(of: game, over: orders(Array(0..<count)))
    for found in [try ShapleySampling().values(of: game), try KernelSHAP().values(of: game)] {
      for (a, b) in zip(found, defined) { #expect(abs(a - b) < 1e-5) }
    }
  }

  /// Sizes are drawn by 1 / (k (M - k)): of 4 players, 1 and 3 each with 4/11 and 2 with 3/11.
  @Test func sizesAreDrawnByTheKernel() {
    var counts = [0, 0, 0, 0, 0]
    for number in 0..<4000 {
      counts[KernelSHAP.drawn(4, CounterRandom(seed: 1, path: UInt64(number))).count { $0 }] += 1
    }
    #expect(counts[0] == 0 && counts[4] == 0)
    #expect(abs(Double(counts[1]) / 4000 - 4.0 / 11) < 0.03)
    #expect(abs(Double(counts[2]) / 4000 - 3.0 / 11) < 0.03)
  }

  @Test func oneSegment() throws {
    for method in ["kernel-shap", "shapley-sampling", "feature-ablation"] {
      let one = try MethodCatalog.standard.parse("\(method)(segmentation=grid, segments=1)")
      #expect(try one.attribution(for: LinearExample.request()).values.scalars == [2, 2, 2, 2])
    }
  }
}
