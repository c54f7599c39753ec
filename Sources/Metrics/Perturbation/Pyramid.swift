/// A first guess for missing pixels: the means of the known ones over squares of 2, 4, 8 … pixels, blended smoothly.
struct Pyramid {
  private struct Level {
    let height: Int
    let width: Int
    var values: [Float]
    var isKnown: [Bool]
  }

  private let channels: Int
  private var levels: [Level]

  init(_ image: UnsafeMutableBufferPointer<Float>, removed: [Bool], height: Int, width: Int, channels: Int) {
    self.channels = channels
    levels = [Level(height: height, width: width, values: Array(image), isKnown: removed.map { !$0 })]
    while let last = levels.last, last.isKnown.contains(false) { levels.append(halved(last)) }
  }

  /// The finest level with every pixel filled from the one below.
  func filled() -> [Float] {
    var coarse = levels[levels.count - 1]
    for level in levels.dropLast().reversed() { coarse = completed(level, from: coarse) }
    return coarse.values
  }

  private func halved(_ fine: Level) -> Level {
    let (height, width) = ((fine.height + 1) / 2, (fine.width + 1) / 2)
    var values = [Float](repeating: 0, count: height * width * channels)
    var counts = [Float](repeating: 0, count: height * width)
    for y in 0..<fine.height {
      for x in 0..<fine.width where fine.isKnown[y * fine.width + x] {
        let into = y / 2 * width + x / 2
        counts[into] += 1
        for c in 0..<channels {
          values[into * channels + c] += fine.values[(y * fine.width + x) * channels + c]
        }
      }
    }
    for i in values.indices where counts[i / channels] > 0 { values[i] /= counts[i / channels] }
    return Level(height: height, width: width, values: values, isKnown: counts.map { $0 > 0 })
  }

  private func completed(_ fine: Level, from coarse: Level) -> Level {
    var result = fine
    for y in 0..<fine.height {
      for x in 0..<fine.width where !fine.isKnown[y * fine.width + x] {
        let (near, far) = (neighbours(y, coarse.height), neighbours(x, coarse.width))
        for c in 0..<channels {
          func at(_ row: Int, _ column: Int) -> Float {
            coarse.values[(row * coarse.width + column) * channels + c]
          }
          result.values[(y * fine.width + x) * channels + c] =
            (9 * at(near.0, far.0) + 3 * at(near.1, far.0) + 3 * at(near.0, far.1) + at(near.1, far.1)) / 16
        }
      }
    }
    result.isKnown = fine.isKnown.map { _ in true }
    return result
  }

  /// The coarse cell a fine one lies in, and the next nearest.
  private func neighbours(_ i: Int, _ count: Int) -> (Int, Int) {
    (i / 2, min(max(i % 2 == 0 ? i / 2 - 1 : i / 2 + 1, 0), count - 1))
  }
}
