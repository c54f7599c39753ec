import Imaging
import Testing

@testable import Figures

@Suite struct SeriesStyleTests {
  private func styles(_ methods: Int, _ controls: Int) -> [SeriesStyle] {
    SeriesStyle.all(
      (0..<methods).map { Plot.Series("\($0)", points: []) }
        + (0..<controls).map { Plot.Series("c\($0)", points: [], isControl: true) })
  }

  /// Printed grey, a marker alone tells thirteen methods and five controls apart, and with dashes every line.
  @Test func stylesDifferWithoutColour() {
    let all = styles(13, 5)
    #expect(Set(all.map(\.marker)).count == 18)
    #expect(Set(styles(40, 0).map { [$0.marker.hashValue, $0.dashes.hashValue] }).count == 40)
    #expect(Set(styles(5, 3).map(\.dashes)).count == 8)
  }

  @Test func aControlIsGreyAndThin() {
    let all = styles(1, 1)
    #expect(all[1].color.red == all[1].color.green && all[1].color.green == all[1].color.blue)
    #expect(all[1].lineWidth < all[0].lineWidth && all[1].marker.inside == .open)
  }
}
