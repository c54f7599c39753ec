import Imaging
import SaliencyCore
import Testing

@Suite struct MapStyleTests {
  private let map = SaliencyMap(height: 1, width: 3, values: [-1, 0, 1])

  @Test func alone() {
    let picture = map.rendered(MapStyle(colorMap: .grey, scaling: .minMax)).picture
    #expect(picture == Image(width: 3, height: 1, pixels: [0, 0, 0, 128, 128, 128, 255, 255, 255]))
    let signed = map.rendered(MapStyle(colorMap: .diverging, scaling: .symmetric(percentile: 100))).picture
    #expect(signed[0, 0] == ColorMap.diverging.table.first && signed[0, 1] == .white)
    #expect(signed[0, 2] == ColorMap.diverging.table.last)
  }

  @Test func overAPicture() {
    let white = Image(width: 3, height: 1, filledWith: .white)
    func drawn(_ opacity: MapStyle.Opacity) -> [UInt8] {
      let style = MapStyle(colorMap: .grey, scaling: .minMax, opacity: opacity)
      return map.rendered(style, over: white).picture.pixels.enumerated().filter { $0.offset % 3 == 0 }.map(
        \.element)
    }
    #expect(drawn(.constant(0)) == [255, 255, 255])
    #expect(drawn(.constant(0.5)) == [128, 192, 255])
    #expect(drawn(.constant(1)) == [0, 128, 255])
    #expect(drawn(.proportional(1)) == [255, 192, 255])
  }

  @Test func aMapIsEnlargedToItsPicture() {
    let rendered = map.rendered(.heatmap, over: Image(width: 12, height: 8, filledWith: .white))
    #expect(rendered.picture.width == 12 && rendered.picture.height == 8)
    #expect(rendered.range == -1...1)
  }
}
