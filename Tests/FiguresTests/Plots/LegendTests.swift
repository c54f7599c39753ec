import Testing

@testable import Figures

@Suite struct LegendTests {
  private let frame = Rectangle(x: 0, y: 0, width: 100, height: 100)

  @Test func theFirstFreePlaceIsTaken() throws {
    var place = LegendPlace()
    let corner = try #require(place.free(width: 30, height: 20, in: frame))
    #expect(corner == Position(x: 70, y: 0), "top right")
    place.add(lineFrom: Position(x: 50, y: 10), to: Position(x: 100, y: 10), clearance: 2)
    #expect(place.free(width: 30, height: 20, in: frame) == Position(x: 0, y: 0))
    place.add(lineFrom: Position(x: 0, y: 0), to: Position(x: 100, y: 100), clearance: 2)
    #expect(place.free(width: 30, height: 20, in: frame) == Position(x: 0, y: 80))
    place.add(frame, clearance: 0)
    #expect(place.free(width: 30, height: 20, in: frame) == nil)
    #expect(LegendPlace().free(width: 130, height: 20, in: frame) == nil)
  }

  @Test func entriesAreInAsFewRowsAsFit() {
    let canvas = Canvas { text, _ in Double(text.count) }
    func legend(_ names: [String]) -> Legend {
      Legend(
        entries: names.map { Legend.Entry(name: $0) { _ in [] } }, text: TextStyle(size: 8), sampleWidth: 10)
    }
    let seven = legend((0..<7).map { "name \($0)" })
    #expect(seven.arranged(in: 100, on: canvas).columns == [[0, 1, 2], [3, 4, 5], [6]])
    #expect(seven.arranged(in: 30, on: canvas).columns == [Array(0..<7)])
    #expect(legend([]).arranged(in: 100, on: canvas).size.height == 0)
    let long = legend([String(repeating: "x", count: 500)]).arranged(in: 100, on: canvas)
    #expect(long.size.width == 100, "cut off at the width")
  }
}
