/// The pixels of an object, kept as run lengths.
public struct Mask: Sendable, Hashable, Codable {
  /// The number of rows.
  public let height: Int
  /// The number of columns.
  public let width: Int
  /// Lengths of alternating runs in row-major order, the first of pixels outside (it may be 0).
  public let runs: [Int]

  /// A mask from one flag for each pixel, row by row.
  public init(height: Int, width: Int, pixels: [Bool]) {
    precondition(pixels.count == height * width, "\(pixels.count) flags for \(height) x \(width) pixels")
    self.height = height
    self.width = width
    var runs: [Int] = []
    var inside = false
    var start = 0
    for (i, pixel) in pixels.enumerated() where pixel != inside {
      runs.append(i - start)
      (inside, start) = (pixel, i)
    }
    self.runs = runs + [pixels.count - start]
  }

  /// A mask from COCO's uncompressed run lengths, which go down the columns.
  ///
  /// - Returns: nil if the runs do not fill the image.
  public init?(height: Int, width: Int, columnRuns: [Int]) {
    // The numbers come from a file: their sum may overflow.
    let (count, isTooLarge) = height.multipliedReportingOverflow(by: width)
    guard height >= 0, width >= 0, !isTooLarge else { return nil }
    var left = count
    for run in columnRuns {
      guard (0...left).contains(run) else { return nil }
      left -= run
    }
    guard left == 0 else { return nil }
    var pixels = [Bool](repeating: false, count: height * width)
    var place = 0
    for (k, run) in columnRuns.enumerated() {
      if k % 2 == 1 { for i in place..<(place + run) { pixels[i % height * width + i / height] = true } }
      place += run
    }
    self.init(height: height, width: width, pixels: pixels)
  }

  /// The pixels whose centres lie in a box.
  public init(_ box: Box, height: Int, width: Int) {
    let rows = (0..<height).map { Double($0) + 0.5 >= box.y && Double($0) + 0.5 < box.y + box.height }
    let columns = (0..<width).map { Double($0) + 0.5 >= box.x && Double($0) + 0.5 < box.x + box.width }
    self.init(height: height, width: width, pixels: rows.flatMap { row in columns.map { row && $0 } })
  }

  /// One flag for each pixel, row by row.
  public var pixels: [Bool] {
    var result: [Bool] = []
    result.reserveCapacity(height * width)
    for (k, run) in runs.enumerated() { result += repeatElement(k % 2 == 1, count: run) }
    return result
  }

  /// The number of pixels inside.
  public var area: Int { runs.enumerated().reduce(0) { $0 + ($1.offset % 2 == 1 ? $1.element : 0) } }

  /// Whether no pixel is inside.
  public var isEmpty: Bool { area == 0 }

  /// The pixels of either mask.
  public func union(_ other: Mask) -> Mask {
    precondition(height == other.height && width == other.width, "masks of one image have one size")
    return Mask(height: height, width: width, pixels: zip(pixels, other.pixels).map { $0 || $1 })
  }

  /// The smallest box that holds every pixel inside; nil for an empty mask.
  public var box: Box? {
    let pixels = self.pixels
    let inside = pixels.indices.filter { pixels[$0] }
    guard let first = inside.first, let last = inside.last else { return nil }
    let columns = inside.map { $0 % width }
    guard let left = columns.min(), let right = columns.max() else { return nil }
    return Box(
      x: Double(left), y: Double(first / width), width: Double(right - left + 1),
      height: Double(last / width - first / width + 1))
  }
}
