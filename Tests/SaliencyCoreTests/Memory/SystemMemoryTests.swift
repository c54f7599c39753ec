import Testing

@testable import SaliencyCore

@Suite struct SystemMemoryTests {
  @Test(arguments: [1, 100, 40 << 10, 3 << 20, 9 << 20])
  func `a buffer of any size is there to its last byte`(_ bytes: Int) {
    let memory = SystemMemory()
    let rounded = SystemMemory.rounded(bytes)
    #expect(rounded >= bytes && rounded < bytes + (4 << 10))
    let start = memory.take(rounded)
    #expect(Int(bitPattern: start) % 64 == 0)
    start.storeBytes(of: 1, as: UInt8.self)
    (start + (rounded - 1)).storeBytes(of: 2, as: UInt8.self)
    #expect(start.load(as: UInt8.self) == (rounded == 1 ? 2 : 1))
    memory.giveBack(start, rounded)
    #expect(memory.slabBytes == 0, "a slab goes back with its last buffer")
  }

  @Test func `each has slabs of its own`() {
    let (weights, layers) = (SystemMemory(), SystemMemory())
    let piece = weights.take(1 << 20)
    #expect(weights.slabBytes == Slabs.size && layers.slabBytes == 0)
    weights.giveBack(piece, 1 << 20)
  }
}
