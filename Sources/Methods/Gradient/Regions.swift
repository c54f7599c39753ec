internal import SaliencyCore

/// Regions of an image that may overlap, each a list of pixels, and the map that XRAI makes of them.
struct Regions {
  let pixels: [[Int]]

  /// The segments of an image at several scales, dilated by a disk.
  ///
  /// The image's numbers are scaled to [-1, 1] and its size to 224 x 224, for which the scales are made.
  static func segments(of image: Tensor, scales: [Double], dilation: Int) -> Regions {
    let (height, width) = (image.shape[1], image.shape[2])
    let (low, high) = image.bounds ?? (0, 1)
    let factor = high > low ? 2 / (high - low) : 0
    let normal = image.map { ($0 - low) * factor - 1 }
    let resized =
      (height, width) == (side, side) ? normal : Resize.bilinear(normal, to: (side, side), antialias: true)
    var pixels: [[Int]] = []
    for scale in scales {
      let labels = Felzenszwalb(scale: scale)(resized)
      var segments = [[Int]](repeating: [], count: (labels.max() ?? -1) + 1)
      for y in 0..<height {
        for x in 0..<width {
          let (row, column) = ((2 * y + 1) * side / (2 * height), (2 * x + 1) * side / (2 * width))
          segments[labels[row * side + column]].append(y * width + x)
        }
      }
      pixels += segments.filter { !$0.isEmpty }
    }
    return Regions(pixels: pixels.map { dilated($0, by: dilation, height, width) })
  }

  /// The side of the image that is segmented.
  private static let side = 224

  /// The pixels within a distance of a region.
  static func dilated(_ region: [Int], by radius: Int, _ height: Int, _ width: Int) -> [Int] {
    if radius == 0 { return region }
    var isIn = [Bool](repeating: false, count: height * width)
    let reach = (-radius...radius).map { dy in
      (dy, Int(Double(radius * radius - dy * dy).squareRoot()))
    }
    for pixel in region {
      let (y, x) = (pixel / width, pixel % width)
      for (dy, dx) in reach where y + dy >= 0 && y + dy < height {
        let row = (y + dy) * width
        for column in max(x - dx, 0)...min(x + dx, width - 1) { isIn[row + column] = true }
      }
    }
    return isIn.indices.filter { isIn[$0] }
  }

  /// For each pixel the gain of the region that covered it; the mean of the rest for pixels that none did.
  ///
  /// - Parameter values: A number for each pixel.
  func map(_ values: [Double], minPixels: Int, fast: Bool) -> [Double] {
    var cover = Cover(values)
    if fast {
      let gains = pixels.map { region in region.reduce(0) { $0 + values[$1] } / Double(max(region.count, 1)) }
      for index in pixels.indices.sorted(by: { (gains[$0], $1) > (gains[$1], $0) }) {
        let (count, gain) = cover.gain(pixels[index])
        if count >= minPixels { cover.add(pixels[index], gain) }
      }
    } else {
      var remaining = Array(pixels.indices)
      while !cover.isWhole {
        var best: (index: Int, gain: Double)?
        remaining = remaining.filter { index in
          let (count, gain) = cover.gain(pixels[index])
          if count < minPixels { return false }
          if best.map({ gain > $0.gain }) ?? true { best = (index, gain) }
          return true
        }
        guard let best else { break }
        cover.add(pixels[best.index], best.gain)
        remaining.removeAll { $0 == best.index }
      }
    }
    return cover.filled
  }

  /// The pixels covered so far.
  private struct Cover {
    let values: [Double]
    private var isCovered: [Bool]
    private var map: [Double]
    private var left: Int

    init(_ values: [Double]) {
      self.values = values
      isCovered = Array(repeating: false, count: values.count)
      map = values
      left = values.count
    }

    var isWhole: Bool { left == 0 }

    /// How many new pixels a region has, and the mean over them.
    func gain(_ region: [Int]) -> (count: Int, mean: Double) {
      var (count, sum) = (0, 0.0)
      for pixel in region where !isCovered[pixel] {
        count += 1
        sum += values[pixel]
      }
      return (count, count > 0 ? sum / Double(count) : -.infinity)
    }

    mutating func add(_ region: [Int], _ gain: Double) {
      for pixel in region where !isCovered[pixel] {
        isCovered[pixel] = true
        map[pixel] = gain
        left -= 1
      }
    }

    /// The map, with the mean of their values for the pixels that are left.
    var filled: [Double] {
      let rest = values.indices.filter { !isCovered[$0] }
      let mean = rest.reduce(0) { $0 + values[$1] } / Double(max(rest.count, 1))
      return map.indices.map { isCovered[$0] ? map[$0] : mean }
    }
  }
}
