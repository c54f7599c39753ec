import Testing

@testable import SaliencyCore

@Suite struct BufferPoolTests {
  private let megabyte = 1 << 20

  @Test func aBufferGivenBackIsHandedOutAgain() {
    let pool = BufferPool(smallLimit: 0)
    let first = pool.take(megabyte)
    pool.giveBack(first.start, bytes: first.bytes)
    #expect(pool.heldBytes == first.bytes)
    // A little smaller fits as well.
    let second = pool.take(megabyte * 9 / 10)
    #expect(second.start == first.start && second.bytes == first.bytes)
    pool.giveBack(second.start, bytes: second.bytes)
    pool.drain()
    #expect(pool.heldBytes == 0)
  }

  @Test func whatIsHeldIsHardlyMoreThanWhatWasInUseAtOnce() {
    let pool = BufferPool(smallLimit: 0)
    let random = CounterRandom(seed: 3)
    var taken: [(start: UnsafeMutableRawPointer, bytes: Int)] = []
    var (used, most) = (0, 0)
    for i in 0..<400 {
      if taken.count > 6 || (!taken.isEmpty && random.integer(below: 2, at: 2 * i) == 0) {
        let buffer = taken.remove(at: random.integer(below: taken.count, at: 2 * i + 1))
        pool.giveBack(buffer.start, bytes: buffer.bytes)
        used -= buffer.bytes
      } else {
        taken.append(pool.take((1 + random.integer(below: 40, at: 2 * i + 1)) << 16))
        used += taken[taken.count - 1].bytes
        most = max(most, used)
      }
      #expect(pool.heldBytes <= most + most / 4 && pool.heldBytes >= used)
    }
    for buffer in taken { pool.giveBack(buffer.start, bytes: buffer.bytes) }
    #expect(pool.heldBytes <= most + most / 4)
    pool.drain()
    #expect(pool.heldBytes == 0)
  }

  @Test func aPassThatIsRepeatedTakesNothingNewFromTheSystem() {
    // As a network's layers: each result is made beside the one it is read from, with a workspace of another size.
    let pool = BufferPool(smallLimit: 0)
    let sizes = [12, 3, 5, 1, 8, 2, 2, 6, 1, 7, 3].map { $0 * megabyte / 4 }
    func pass() {
      var input = pool.take(megabyte)
      for size in sizes {
        let output = pool.take(size)
        let workspace = pool.take(size / 3)
        pool.giveBack(workspace.start, bytes: workspace.bytes)
        pool.giveBack(input.start, bytes: input.bytes)
        input = output
      }
      pool.giveBack(input.start, bytes: input.bytes)
    }
    let weights = pool.take(40 * megabyte)
    for _ in 0..<5 { pass() }
    let (made, held) = (pool.madeCount, pool.heldBytes)
    for _ in 0..<20 { pass() }
    #expect(pool.madeCount == made)
    #expect(pool.heldBytes == held)
    pool.giveBack(weights.start, bytes: weights.bytes)
    pool.drain()
  }

  @Test func sizesThatHardlyFitOneAnotherAreKeptInTheEnd() {
    // Each lasts until the next but one is there, and none is a little smaller than another: an eighth more than what is in
    // use at once holds no third.
    let pool = BufferPool(smallLimit: 0)
    let sizes = [40, 28, 20, 14, 10, 28, 20, 14].map { $0 * megabyte / 4 }
    func pass() {
      var last: [(start: UnsafeMutableRawPointer, bytes: Int)] = []
      for size in sizes {
        last.append(pool.take(size))
        if last.count > 2 {
          let first = last.removeFirst()
          pool.giveBack(first.start, bytes: first.bytes)
        }
      }
      for buffer in last { pool.giveBack(buffer.start, bytes: buffer.bytes) }
    }
    for _ in 0..<10 { pass() }
    let made = pool.madeCount
    for _ in 0..<10 { pass() }
    #expect(pool.madeCount == made)
    // In use at once are three of them.
    #expect(pool.heldBytes <= 88 * megabyte / 4 * 5 / 4)
    pool.drain()
  }

  @Test func smallAndHugeBuffersAreNotKept() {
    let pool = BufferPool(smallLimit: 1 << 30)
    for bytes in [100, 200 * megabyte] {
      let buffer = pool.take(bytes)
      #expect(Int(bitPattern: buffer.start) % 64 == 0 && buffer.bytes >= bytes)
      pool.giveBack(buffer.start, bytes: buffer.bytes)
      #expect(pool.heldBytes == 0)
    }
  }
}
