import Testing

@testable import SaliencyCore

@Suite struct BroadcastTests {
  @Test func axesOfSizeOneAreRepeatedAndSummedBack() {
    let column = Tensor(shape: [2, 2, 1], scalars: [1, 2, 3, 4])
    let broadcast = Broadcast(column.shape, to: [2, 2, 3])
    #expect(broadcast.spread(column).scalars == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4])
    let signal = Tensor(shape: [2, 2, 3], scalars: (1...12).map(Float.init))
    #expect(broadcast.gather(signal).scalars == [6, 15, 24, 33])
  }

  @Test func missingAxesComeAfterTheBatchAxis() {
    let rows = Tensor(shape: [2, 2], scalars: [1, 2, 3, 4])
    let broadcast = Broadcast(rows.shape, to: [2, 2, 2])
    #expect(broadcast.spread(rows).scalars == [1, 2, 1, 2, 3, 4, 3, 4])
    let signal = Tensor(shape: [2, 2, 2], scalars: (1...8).map(Float.init))
    #expect(broadcast.gather(signal).scalars == [4, 6, 12, 14])
  }

  @Test func aBatchOfOneServesEverySample() {
    let one = Tensor(shape: [1, 2], scalars: [5, 6])
    #expect(Broadcast(one.shape, to: [3, 2]).spread(one).scalars == [5, 6, 5, 6, 5, 6])
  }
}
