import Testing

@testable import SaliencyCore

@Suite struct SlabsTests {
  private static let page = 4 << 10

  @Test func piecesNeverOverlapAndHoldWhatIsWrittenToThem() throws {
    var slabs = Slabs()
    let random = CounterRandom(seed: 5)
    var taken: [(place: UInt, bytes: Int, mark: UInt8)] = []
    func memory(_ piece: (place: UInt, bytes: Int, mark: UInt8)) -> UnsafeMutableRawBufferPointer {
      let start = UnsafeMutableRawPointer(bitPattern: piece.place)
      return UnsafeMutableRawBufferPointer(start: start, count: piece.bytes)
    }
    for i in 0..<600 {
      if taken.count > 30 || (!taken.isEmpty && random.integer(below: 2, at: 3 * i) == 0) {
        let piece = taken.remove(at: random.integer(below: taken.count, at: 3 * i + 1))
        let bytes = memory(piece)
        #expect(bytes[0] == piece.mark && bytes[piece.bytes - 1] == piece.mark)
        slabs.giveBack(piece.place, piece.bytes)
      } else {
        let bytes = (1 + random.integer(below: Slabs.largest / Self.page, at: 3 * i + 1)) * Self.page
        let place = slabs.take(bytes)
        let piece = (place: try #require(place), bytes: bytes, mark: UInt8(i % 251 + 1))
        #expect(piece.place % UInt(Self.page) == 0)
        for other in taken {
          #expect(
            other.place + UInt(other.bytes) <= piece.place || piece.place + UInt(piece.bytes) <= other.place)
        }
        let memory = memory(piece)
        memory[0] = piece.mark
        memory[bytes - 1] = piece.mark
        taken.append(piece)
      }
    }
    for piece in taken { slabs.giveBack(piece.place, piece.bytes) }
    #expect(slabs.bytes == 0, "a slab goes back to the system with its last piece")
  }

  @Test func gapsThatTouchAreJoined() throws {
    var slabs = Slabs()
    let quarter = Slabs.size / 4
    let pieces = (0..<4).compactMap { _ in slabs.take(quarter) }
    #expect(slabs.bytes == Slabs.size)
    for i in [1, 3, 2] { slabs.giveBack(pieces[i], quarter) }
    let again = (0..<3).compactMap { _ in slabs.take(quarter) }
    #expect(again == Array(pieces[1...]), "one gap, filled from its start, and no second slab")
    #expect(slabs.bytes == Slabs.size)
    for place in [pieces[0]] + again { slabs.giveBack(place, quarter) }
    #expect(slabs.bytes == 0)
  }
}
