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

  @Test func whatIsHeldIsNeverMoreThanWhatWasInUseAtOnce() {
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
      #expect(pool.heldBytes <= most && pool.heldBytes >= used)
    }
    for buffer in taken { pool.giveBack(buffer.start, bytes: buffer.bytes) }
    #expect(pool.heldBytes <= most)
    pool.drain()
    #expect(pool.heldBytes == 0)
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
