import SaliencyCore
import TestSupport
import Testing

@testable import Methods

@Suite struct SegmentationTests {
  @Test func segmentsAreNumberedAsTheyOccur() {
    let segments = Segments(height: 1, width: 4, labels: [7, 3, 7, 9])
    #expect(segments.labels == [0, 1, 0, 2])
    #expect(segments.members == [[0, 2], [1], [3]])
    #expect(segments.map([0.5, 1, 2]) == [0.5, 1, 0.5, 2])
  }

  @Test func grids() {
    let square = Segmentation.grid(height: 4, width: 4, count: 4)
    #expect(square.labels == [0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3])
    #expect(Segmentation.grid(height: 10, width: 40, count: 16).count == 16)
    #expect(Segmentation.grid(height: 1, width: 3, count: 50).count == 3)
  }

  /// An image of a bright and a dark half: no segment crosses the border between them, and every one is connected.
  @Test func superpixelsKeepToColours() throws {
    let model = try TinyNetworks.chain([24, 30, 3], [("flatten", Flatten())])
    let image = Tensor(shape: [1, 24, 30, 3]) { values in
      for i in 0..<values.count { values[i] = i / 3 % 30 < 13 ? 0 : 1 }
    }
    let segments = SLIC(segments: 12).segments(of: image, model: model)
    #expect((6...20).contains(segments.count))
    for members in segments.members {
      #expect(Set(members.map { $0 % 30 < 13 }).count == 1)
      #expect(Self.isConnected(members, width: 30))
    }
    #expect(segments == SLIC(segments: 12).segments(of: image, model: model))
  }

  private static func isConnected(_ members: [Int], width: Int) -> Bool {
    var (rest, open) = (Set(members.dropFirst()), Array(members.prefix(1)))
    while let pixel = open.popLast() {
      var neighbours = [pixel - width, pixel + width]
      if pixel % width > 0 { neighbours.append(pixel - 1) }
      if pixel % width < width - 1 { neighbours.append(pixel + 1) }
      for neighbour in neighbours where rest.remove(neighbour) != nil { open.append(neighbour) }
    }
    return rest.isEmpty
  }
}
