import SaliencyCore
import TestSupport
import Testing

@Suite struct TensorTests {
  private let counting = Tensor(shape: [2, 3], scalars: [1, 2, 3, 4, 5, 6])

  @Test func aCopyIsAValue() {
    var copy = counting
    copy.withUnsafeMutableScalars { $0[0] = 9 }
    #expect(counting.scalars == [1, 2, 3, 4, 5, 6])
    #expect(copy.scalars == [9, 2, 3, 4, 5, 6])
    // A reshaped tensor shares memory, and is a value all the same.
    let seen = counting.reshaped(to: [6])
    var changed = seen
    changed += seen
    #expect(seen.scalars == counting.scalars)
    #expect(changed.scalars == [2, 4, 6, 8, 10, 12])
  }

  @Test func arithmeticByHand() {
    let other = Tensor(shape: [2, 3], scalars: [2, 2, 2, -1, -1, -1])
    #expect((counting + other).scalars == [3, 4, 5, 3, 4, 5])
    #expect((counting - other).scalars == [-1, 0, 1, 5, 6, 7])
    #expect((counting * other).scalars == [2, 4, 6, -4, -5, -6])
    #expect((counting / other).scalars == [0.5, 1, 1.5, -4, -5, -6])
    #expect((counting * 2 + 1).scalars == [3, 5, 7, 9, 11, 13])
    #expect((-other).scalars == [-2, -2, -2, 1, 1, 1])
    #expect(other.positivePart.scalars == [2, 2, 2, 0, 0, 0])
    #expect(other.negativePart.scalars == [0, 0, 0, -1, -1, -1])
    #expect(other.magnitude.scalars == [2, 2, 2, 1, 1, 1])
  }

  @Test func reductionsByHand() {
    #expect(counting.sum == 21)
    #expect(counting.dot(counting) == 91)
    #expect(counting.bounds.map { [$0.low, $0.high] } == [1, 6])
    #expect(Tensor(shape: [0], scalars: []).bounds == nil)
    #expect(Tensor(shape: [3], scalars: [2, 5, 5]).indexOfMaximum == 1)
    #expect(Tensor(shape: [2], scalars: [3, 4]).norm == 5)
    #expect(
      Tensor(shape: [2], scalars: [3, 4.5]).relativeError(to: Tensor(shape: [2], scalars: [3, 4])) == 0.1)
    #expect(counting.isFinite)
    #expect(!Tensor(shape: [2], scalars: [0, .nan]).isFinite)
    // [1, 1, 2, 3]: two positions with three channels.
    let map = counting.reshaped(to: [1, 1, 2, 3])
    #expect(map.sumOverSpace() == Tensor(shape: [1, 1, 1, 3], scalars: [5, 7, 9]))
    #expect(map.meanOverSpace() == Tensor(shape: [1, 1, 1, 3], scalars: [2.5, 3.5, 4.5]))
    #expect(map.sumOverChannels() == Tensor(shape: [1, 1, 2, 1], scalars: [6, 15]))
  }

  /// A million ones and a few small numbers: a running float32 sum would lose them.
  @Test func sumsAreTakenInDoublePrecision() {
    let many = Tensor(shape: [1, 1000, 1000, 1], scalars: (0..<1_000_000).map { $0 % 2 == 0 ? 1e4 : 1e-3 })
    let exact = 500_000 * 1e4 + 500_000 * Double(1e-3 as Float)
    #expect(abs(many.sum - exact) < 0.1)
    #expect(many.sumOverSpace()[0] == Float(exact))
  }

  @Test func broadcastingRepeatsAxesOfSizeOne() {
    let map = Tensor(shape: [2, 1, 2, 2], scalars: [1, 2, 3, 4, 5, 6, 7, 8])
    let channels = Tensor(shape: [2, 1, 1, 2], scalars: [1, 10, 2, 20])
    #expect(map.multiplied(broadcasting: channels).scalars == [1, 20, 3, 40, 10, 120, 14, 160])
    let positions = Tensor(shape: [2, 1, 2, 1], scalars: [1, 2, 3, 4])
    #expect(map.multiplied(broadcasting: positions).scalars == [1, 2, 6, 8, 15, 18, 28, 32])
    #expect(map.multiplied(broadcasting: map) == map * map)
  }

  @Test func batchesAreCutAndJoined() {
    let batch = Tensor(shape: [3, 2], scalars: [1, 2, 3, 4, 5, 6])
    #expect(batch.sample(1) == Tensor(shape: [1, 2], scalars: [3, 4]))
    #expect(batch.samples(1..<3) == Tensor(shape: [2, 2], scalars: [3, 4, 5, 6]))
    #expect(Tensor(concatenating: (0..<3).map { batch.sample($0) }) == batch)
    #expect(batch.sample(0).repeated(2) == Tensor(shape: [2, 2], scalars: [1, 2, 1, 2]))
  }

  @Test func theContentKeyTellsShapesAndBitsApart() {
    let keys = [
      counting.contentKey, counting.reshaped(to: [3, 2]).contentKey, counting.reshaped(to: [6]).contentKey,
      (counting * 1.0000001).contentKey, Tensor(repeating: 0, shape: [2]).contentKey,
      Tensor(repeating: -0.0, shape: [2]).contentKey,
    ]
    #expect(Set(keys).count == keys.count)
    #expect((counting + 0).contentKey == counting.contentKey)
  }

  @Test func shapesAreWrittenAsTuples() {
    #expect(Shape([2, 3, 4]).description == "(2, 3, 4)")
    #expect(Shape([]).count == 1)
    #expect(Shape([2, 3]).batched(5) == [5, 2, 3])
    #expect(Shape([5, 2, 3]).sample == [2, 3])
  }
}
