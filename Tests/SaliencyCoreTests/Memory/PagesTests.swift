import Testing

@testable import SaliencyCore

@Suite struct PagesTests {
  @Test(arguments: [0, 4 << 10, (2 << 20) - (4 << 10), 3 << 20])
  func `memory is zero, begins on a large page, and is there to its last byte`(_ more: Int) throws {
    let bytes = Pages.smallest + more
    let start = try #require(Pages.map(bytes))
    defer { Pages.unmap(start, bytes) }
    #expect(Int(bitPattern: start) % (2 << 20) == 0)
    let memory = UnsafeMutableRawBufferPointer(start: start, count: bytes)
    #expect(memory.allSatisfy { $0 == 0 })
    memory[0] = 1
    memory[bytes - 1] = 2
    #expect(memory[0] == 1 && memory[bytes - 1] == 2)
  }

  @Test func `what no system has is nil`() {
    #expect(Pages.map(1 << 60) == nil)
  }
}
