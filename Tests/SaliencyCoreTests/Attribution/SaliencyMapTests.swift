import SaliencyCore
import Testing

@Suite struct SaliencyMapTests {
  private let attribution = Attribution(
    Tensor(shape: [2, 1, 2, 3], scalars: [1, -4, 2, 0, 0, 3, -1, -1, -1, 5, -5, 0]))

  private func values(_ reduction: ChannelReduction, sample: Int) -> [Float] {
    SaliencyMap(attribution, sample: sample, reduction: reduction).values
  }

  @Test func channelsAreReducedAsAsked() {
    #expect(values(.maxAbs, sample: 0) == [4, 3])
    #expect(values(.sumAbs, sample: 0) == [7, 3])
    #expect(values(.sum, sample: 0) == [-1, 3])
    #expect(values(.mean, sample: 0) == [-1 / 3, 1])
    #expect(values(.maxAbs, sample: 1) == [1, 5])
    #expect(values(.sum, sample: 1) == [-3, 0])
  }

  @Test func notANumberIsNeverHidden() {
    let broken = Attribution(Tensor(shape: [1, 1, 2, 2], scalars: [.nan, 1, 2, .nan]))
    for reduction in ChannelReduction.allCases {
      let map = SaliencyMap(broken, reduction: reduction)
      #expect(map.values.allSatisfy { $0.isNaN }, "\(reduction)")
      #expect(map.defect == .notFinite)
    }
  }

  @Test func aMapThatMeansNothingSaysSo() {
    func defect(_ values: [Float]) -> SaliencyMap.Defect? {
      SaliencyMap(height: 1, width: values.count, values: values).defect
    }
    #expect(defect([0, 0]) == .allZero)
    #expect(defect([2, 2]) == .constant)
    #expect(defect([0, .infinity]) == .notFinite)
    #expect(defect([0, 1]) == nil)
    #expect(defect([]) == .allZero)
  }

  @Test func resizingIsTheBilinearOne() {
    let map = SaliencyMap(height: 1, width: 2, values: [0, 1])
    #expect(map.resized(height: 1, width: 4).values == [0, 0.25, 0.75, 1])
    #expect(map.resized(height: 1, width: 2) == map)
  }
}
