import SaliencyCore
import Testing

@Suite struct SLICTests {
  private func image(_ height: Int, _ width: Int, _ value: (_ y: Int, _ x: Int) -> Float) -> Tensor {
    Tensor(
      shape: [1, height, width, 3],
      scalars: (0..<(height * width * 3)).map { i in value(i / 3 / width, i / 3 % width) * Float(1 + i % 3) })
  }

  @Test func `every pixel has one segment, numbered by first pixels, all connected`() {
    let noise = CounterRandom(seed: 3).uniform(0..<1, shape: [1, 30, 41, 3])
    for segments in [1, 6, 40] {
      let slic = SLIC(segments: segments)
      let labels = slic.labels(of: noise)
      let pieces = slic.segments(of: noise)
      #expect(pieces.flatMap(\.self).sorted() == Array(0..<(30 * 41)))
      #expect(pieces.map { $0[0] } == pieces.map { $0[0] }.sorted())
      for (number, pixels) in pieces.enumerated() {
        #expect(pixels.allSatisfy { labels[$0] == number })
        #expect(isConnected(pixels, width: 41), "segment \(number) of \(segments)")
      }
    }
  }

  @Test func `a constant image is cut into squares`() {
    let labels = SLIC(segments: 6).labels(of: image(20, 30) { _, _ in 1 })
    #expect(labels == (0..<600).map { ($0 / 30) / 10 * 3 + ($0 % 30) / 10 })
  }

  @Test func `segments follow colours`() {
    // A boundary that is not where the squares end.
    let pieces = SLIC(segments: 4).segments(of: image(20, 20) { _, x in x < 8 ? 0 : 1 })
    for pixels in pieces {
      #expect(Set(pixels.map { $0 % 20 < 8 }).count == 1)
    }
    #expect((2...6).contains(pieces.count))
  }

  @Test func `a factor on the image changes nothing`() {
    let noise = CounterRandom(seed: 4).uniform(0..<1, shape: [1, 24, 24, 3])
    #expect(SLIC(segments: 9).labels(of: noise) == SLIC(segments: 9).labels(of: noise * 4))
  }

  private func isConnected(_ pixels: [Int], width: Int) -> Bool {
    var left = Set(pixels)
    var open = [left.removeFirst()]
    while let pixel = open.popLast() {
      let (x, neighbours) = (pixel % width, [pixel - width, pixel + width])
      let sides = (x > 0 ? [pixel - 1] : []) + (x < width - 1 ? [pixel + 1] : [])
      for other in neighbours + sides where left.remove(other) != nil { open.append(other) }
    }
    return left.isEmpty
  }
}
