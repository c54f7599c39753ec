import Imaging
import Testing

@Suite struct ColorMapTests {
  @Test(arguments: [ColorMap.jet, .turbo, .viridis, .inferno, .grey])
  func sameTableAsMatplotlib(_ map: ColorMap) throws {
    let tables = try Fixtures.decoded("colour_maps.json", as: [String: [Int]].self)
    let expected = try #require(tables[map == .grey ? "gray" : map.rawValue])
    let table = map.table.flatMap { [Int($0.red), Int($0.green), Int($0.blue)] }
    let different = zip(table, expected).filter { $0 != $1 }
    #expect(table.count == 768 && different.isEmpty)
  }

  @Test(arguments: ColorMap.allCases)
  func endsAndWhatLiesOutside(_ map: ColorMap) {
    #expect(map.color(at: 0) == map.table.first && map.color(at: 1) == map.table.last)
    #expect(map.color(at: -3) == map.table.first && map.color(at: 7) == map.table.last)
    #expect(map.color(at: .nan) == map.table.first && map.color(at: .infinity) == map.table.last)
    let step = 1 / Float(map.table.count - 1)
    for (i, color) in map.table.enumerated() { #expect(map.color(at: Float(i) * step).isNear(color)) }
  }

  @Test func divergingIsWhiteAtZeroAndEvenHanded() {
    let map = ColorMap.diverging
    #expect(map.color(at: 0.5) == .white)
    for i in 1...128 {
      let (below, above) = (map.table[128 - i], map.table[128 + i])
      #expect(below.blue > below.red && above.red > above.blue)
      // Equally light in OKLab; luma is another measure, so some room.
      #expect(abs(Int(below.luma) - Int(above.luma)) < 32)
    }
  }
}

extension RGB {
  fileprivate func isNear(_ other: RGB) -> Bool {
    abs(Int(red) - Int(other.red)) <= 1 && abs(Int(green) - Int(other.green)) <= 1
      && abs(Int(blue) - Int(other.blue)) <= 1
  }
}
