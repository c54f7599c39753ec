/// Hashes of the 3 x 3 windows that a Winograd convolution reads.
///
/// Such a convolution gives all positions of a map that read equal windows the result of the first one. A part of a map has the bits of the whole only
/// where no window that it reads is equal to another.
struct WindowHashes {
  /// Row by row, one for each output position.
  private let values: [UInt64]
  private let distinct: Set<UInt64>

  /// Whether two windows are equal.
  var hasEqual: Bool { distinct.count < values.count }

  /// Whether a window of a changed part of the map is equal to another one of the part, or to one of the unchanged map at
  /// another position.
  ///
  /// - Parameters:
  ///   - region: Where the part's outputs lie.
  ///   - width: The number of columns of the whole output.
  func hasEqual(_ part: WindowHashes, in region: ImageRegion, width: Int) -> Bool {
    if part.hasEqual { return true }
    return part.values.enumerated().contains { i, hash in
      let row = region.rows.lowerBound + i / region.columns.count
      let column = region.columns.lowerBound + i % region.columns.count
      return values[row * width + column] != hash && distinct.contains(hash)
    }
  }

  /// - Parameters:
  ///   - map: `[1, h, w, C]`.
  ///   - place: Where windows of stride 1 lie on it.
  init(_ map: Tensor, _ place: Window.Placement) {
    let (height, width) = (place.outputHeight + 2, place.outputWidth + 2)
    let (rows, columns, channels) = (map.shape[1], map.shape[2], map.shape[3])
    let zeros = [Float](repeating: 0, count: channels)
    let padding = zeros.withUnsafeBufferPointer { Self.fingerprint($0) }
    var pixels = [UInt64](repeating: padding, count: height * width)
    map.withUnsafeScalars { a in
      for y in 0..<min(rows, height - place.top) {
        for x in 0..<min(columns, width - place.left) {
          let start = (y * columns + x) * channels
          pixels[(y + place.top) * width + x + place.left] = Self.fingerprint(
            UnsafeBufferPointer(rebasing: a[start..<(start + channels)]))
        }
      }
    }
    let values = (0..<(place.outputHeight * place.outputWidth)).map { position in
      let corner = position / place.outputWidth * width + position % place.outputWidth
      var hash: UInt64 = 0
      for row in 0..<3 {
        for column in 0..<3 { hash = CounterRandom.mix(hash ^ pixels[corner + row * width + column]) }
      }
      return hash
    }
    (self.values, distinct) = (values, Set(values))
  }

  /// Equal numbers have equal fingerprints: the signs of zeros and the bits of NaN do not count.
  private static func fingerprint(_ channels: UnsafeBufferPointer<Float>) -> UInt64 {
    var hash: UInt64 = 0
    for value in channels {
      let bits = value.isNaN ? Float.nan.bitPattern : (value + 0).bitPattern
      hash = (hash ^ UInt64(bits)) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
    }
    return hash
  }
}
