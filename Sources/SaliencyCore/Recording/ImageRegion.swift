/// A rectangle of an image or a map.
public struct ImageRegion: Sendable, Hashable {
  /// The rows of the region.
  public let rows: Range<Int>
  /// The columns of the region.
  public let columns: Range<Int>

  /// A region of an image.
  public init(rows: Range<Int>, columns: Range<Int>) { (self.rows, self.columns) = (rows, columns) }

  /// The number of positions.
  var count: Int { rows.count * columns.count }

  /// The smallest region that holds this one and another.
  func union(_ other: ImageRegion) -> ImageRegion {
    ImageRegion(
      rows: min(rows.lowerBound, other.rows.lowerBound)..<max(rows.upperBound, other.rows.upperBound),
      columns: min(
        columns.lowerBound, other.columns.lowerBound)..<max(columns.upperBound, other.columns.upperBound))
  }

  func shifted(rows down: Int, columns right: Int) -> ImageRegion {
    ImageRegion(
      rows: (rows.lowerBound + down)..<(rows.upperBound + down),
      columns: (columns.lowerBound + right)..<(columns.upperBound + right))
  }
}

extension Tensor {
  /// A region of an `[1, H, W, C]` tensor.
  func region(_ region: ImageRegion) -> Tensor {
    let channels = shape[3]
    return Tensor(shape: [1, region.rows.count, region.columns.count, channels]) { result in
      withUnsafeScalars { a in
        Kernels.copyRows(
          region, within: shape[2], channels, from: a.baseAddress, to: result.baseAddress)
      }
    }
  }

  /// Writes a part, `[1, h, w, C]`, whose upper left corner lies at `row` and `column` of sample `n`.
  mutating func write(_ part: Tensor, sample n: Int = 0, row: Int, column: Int) {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    withUnsafeMutableScalars { all in
      part.withUnsafeScalars { a in
        let length = part.shape[2] * channels
        for y in 0..<part.shape[1] {
          let start = ((n * height + row + y) * width + column) * channels
          for i in 0..<length { all[start + i] = a[y * length + i] }
        }
      }
    }
  }
}

extension Kernels {
  fileprivate static func copyRows(
    _ region: ImageRegion, within width: Int, _ channels: Int, from source: UnsafePointer<Float>?,
    to target: UnsafeMutablePointer<Float>?
  ) {
    guard let source, let target else { return }
    let length = region.columns.count * channels
    for (y, row) in region.rows.enumerated() {
      (target + y * length).update(
        from: source + (row * width + region.columns.lowerBound) * channels, count: length)
    }
  }
}
