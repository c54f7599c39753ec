import Configuration
import SaliencyCore
import Testing

/// Resizing, scaling and reducing maps, by hand.
@Suite struct MapConventionTests {
  private func resized(_ resize: MapResize, _ values: [Float], to count: Int) -> [Float] {
    SaliencyMap(height: 1, width: values.count, values: values).resized(height: 1, width: count, by: resize)
      .values
  }

  @Test func resizesByHand() {
    #expect(resized(.bilinear, [0, 1], to: 4) == [0, 0.25, 0.75, 1])
    #expect(resized(.nearest, [0, 1], to: 4) == [0, 0, 1, 1])
    #expect(resized(.alignCorners, [0, 3], to: 4) == [0, 1, 2, 3])
    // Positions -0.25 and 1.25 are mirrored to 0.25 and 0.75.
    #expect(resized(.mirrored, [0, 1], to: 4) == [0.25, 0.25, 0.75, 0.75])
    #expect(resized(.bicubic, [1, 1, 1], to: 7).allSatisfy { abs($0 - 1) < 1e-6 })
    // Keys' kernel with a = -0.5 at the distances 0.75 and 1.75: 0.2265625 and -0.0234375.
    let cubic = resized(.bicubic, [0, 0, 1, 1], to: 8)
    #expect(abs(cubic[3] - 0.203125) < 1e-6, "\(cubic)")
    for resize in MapResize.allCases {
      #expect(resized(resize, [2], to: 3) == [2, 2, 2])
      #expect(resized(resize, [0, 1, 5], to: 3) == [0, 1, 5], "\(resize)")
    }
  }

  private func normalised(_ normalise: MapNormalisation, _ values: [Float]) -> [Float] {
    let attribution = Attribution(Tensor(shape: [1, 1, values.count, 1], scalars: values))
    return MapConvention(reduction: .sum, normalise: normalise)
      .map(of: attribution, by: Plain(), height: 1, width: values.count).values
  }

  struct Plain: SaliencyMethod {
    static let descriptor = MethodDescriptor("plain", title: "Plain", family: .control, paper: "")
    init() {}
    func attribution(for request: AttributionRequest) throws -> Attribution { Attribution(request.inputs) }
  }

  @Test func normalisationsByHand() {
    #expect(normalised(.unchanged, [-1, 3]) == [-1, 3])
    #expect(normalised(.minMax, [-1, 1, 3]) == [0, 0.5, 1])
    #expect(normalised(.max, [-1, 2, 4]) == [-0.25, 0.5, 1])
    #expect(normalised(.maxAbs, [-4, 2]) == [-1, 0.5])
    let clipped = normalised(.percentile99, (0...100).map(Float.init))
    #expect(clipped[99] == 1 && clipped[100] == 1 && abs(clipped[50] - 50.0 / 99) < 1e-6)
    // 1 + 2 + 3 of 106 is 6%; the 98% are reached at 100.
    #expect(normalised(.mass98, [1, -2, 3, -100]) == [0.01, -0.02, 0.03, -1])
    // 98 of 100 are reached at the first 49.
    #expect(normalised(.mass98, [1, 49, -49, 1]) == [1.0 / 49, 1, -1, 1.0 / 49])
    for normalise in MapNormalisation.allCases { #expect(normalised(normalise, [0, 0]) == [0, 0]) }
  }

  @Test func theOrderMatters() {
    let attribution = Attribution(Tensor(shape: [1, 1, 2, 1], scalars: [0, 4]))
    func map(_ order: MapConvention.Order) -> [Float] {
      MapConvention(reduction: .sum, normalise: .minMax, order: order)
        .map(of: attribution, by: Plain(), height: 1, width: 4).values
    }
    #expect(map(.resizeFirst) == [0, 0.25, 0.75, 1])
    #expect(map(.normaliseFirst) == [0, 0.25, 0.75, 1])
    let inner = Attribution(Tensor(shape: [1, 1, 3, 1], scalars: [0, 4, 0]))
    let first = MapConvention(reduction: .sum, normalise: .minMax, order: .normaliseFirst)
      .map(of: inner, by: Plain(), height: 1, width: 6).values
    #expect(first.max() == 0.75, "the maximum lies between pixels")
  }

  @Test func plainChannels() {
    let attribution = Attribution(Tensor(shape: [1, 1, 2, 3], scalars: [-3, 1, 2, -3, -1, -2]))
    #expect(SaliencyMap(attribution, reduction: .max).values == [2, -1])
    #expect(MapConvention().isPlain && !MapConvention(resize: .nearest).isPlain)
  }
}
