/// SLIC superpixels: k-means of colour and position, each centre looking only at its neighbourhood.
///
/// Distance² = colour distance² + (compactness / S)² · position distance², S = sqrt(HW / segments). Colours are the channels, scaled to 0 ... 100 by
/// the image's range. Afterwards, connected pieces smaller than a quarter of S² join the piece before them, so that every segment is
/// connected. The result depends on the image alone.
///
/// R. Achanta et al., "SLIC Superpixels Compared to State-of-the-Art Superpixel Methods", IEEE TPAMI 2012, doi:10.1109/TPAMI.2012.120.
///
/// Known deviations: the paper and scikit-image compare colours in CIELAB, which needs the preprocessing to be known, and the paper moves
/// the first centres to places of low gradient.
public struct SLIC: Sendable {
  /// About how many segments.
  public var segments: Int
  /// The weight of position against colour.
  public var compactness: Double
  /// The number of rounds of k-means.
  public var rounds: Int

  /// About `segments` superpixels.
  public init(segments: Int, compactness: Double = 10, rounds: Int = 10) {
    (self.segments, self.compactness, self.rounds) = (segments, compactness, rounds)
  }

  /// The pixels (row-major numbers) of each segment of an image `[1, H, W, C]`, the segments in the order of their first pixels.
  public func segments(of image: Tensor) -> [[Int]] {
    let labels = labels(of: image)
    var result = [[Int]](repeating: [], count: (labels.max() ?? -1) + 1)
    for (pixel, label) in labels.enumerated() { result[label].append(pixel) }
    return result
  }

  /// The number of each pixel's segment, from 0 in the order of the segments' first pixels.
  public func labels(of image: Tensor) -> [Int] {
    let (height, width) = (image.shape[1], image.shape[2])
    let points = Points(image)
    let side = max((Double(height * width) / Double(max(segments, 1))).squareRoot(), 1)
    var centres = seeds(points, side)
    var labels = [Int](repeating: 0, count: height * width)
    for _ in 0..<rounds {
      labels = nearest(centres, points, side)
      centres = means(labels, points, centres)
    }
    return connected(labels, height, width, least: max(Int(side * side / 4), 1))
  }

  /// The pixels as points: channels, then row and column.
  private struct Points {
    let height: Int
    let width: Int
    let channels: Int
    let values: [Double]

    init(_ image: Tensor) {
      (height, width, channels) = (image.shape[1], image.shape[2], image.shape[3])
      let bounds = image.bounds ?? (0, 0)
      let scale = bounds.high > bounds.low ? 100 / (Double(bounds.high) - Double(bounds.low)) : 0
      values = image.withUnsafeScalars { a in a.map { (Double($0) - Double(bounds.low)) * scale } }
    }

    func colour(_ pixel: Int) -> ArraySlice<Double> { values[(pixel * channels)..<((pixel + 1) * channels)] }
  }

  private struct Centre {
    var colour: [Double]
    var y: Double
    var x: Double
  }

  private func seeds(_ points: Points, _ side: Double) -> [Centre] {
    let rows = max(Int((Double(points.height) / side).rounded()), 1)
    let columns = max(Int((Double(points.width) / side).rounded()), 1)
    return (0..<(rows * columns)).map { number in
      let y = (Double(number / columns) + 0.5) * Double(points.height) / Double(rows) - 0.5
      let x = (Double(number % columns) + 0.5) * Double(points.width) / Double(columns) - 0.5
      return Centre(
        colour: Array(points.colour(Int(y.rounded()) * points.width + Int(x.rounded()))), y: y, x: x)
    }
  }

  private func nearest(_ centres: [Centre], _ points: Points, _ side: Double) -> [Int] {
    let count = points.height * points.width
    var labels = [Int](repeating: 0, count: count)
    var distances = [Double](repeating: .infinity, count: count)
    let weight = compactness / side
    for (number, centre) in centres.enumerated() {
      let rows = max(Int(centre.y - 2 * side), 0)..<min(Int(centre.y + 2 * side) + 1, points.height)
      let columns = max(Int(centre.x - 2 * side), 0)..<min(Int(centre.x + 2 * side) + 1, points.width)
      for y in rows {
        for x in columns {
          let pixel = y * points.width + x
          let (dy, dx) = ((Double(y) - centre.y) * weight, (Double(x) - centre.x) * weight)
          var distance = dy * dy + dx * dx
          for c in 0..<points.channels {
            let difference = points.values[pixel * points.channels + c] - centre.colour[c]
            distance += difference * difference
          }
          if distance < distances[pixel] { (distances[pixel], labels[pixel]) = (distance, number) }
        }
      }
    }
    return labels
  }

  private func means(_ labels: [Int], _ points: Points, _ old: [Centre]) -> [Centre] {
    var sums = old.map { Centre(colour: $0.colour.map { _ in 0 }, y: 0, x: 0) }
    var counts = [Double](repeating: 0, count: old.count)
    for (pixel, label) in labels.enumerated() {
      for c in 0..<points.channels { sums[label].colour[c] += points.values[pixel * points.channels + c] }
      sums[label].y += Double(pixel / points.width)
      sums[label].x += Double(pixel % points.width)
      counts[label] += 1
    }
    return old.indices.map { k in
      guard counts[k] > 0 else { return old[k] }
      return Centre(
        colour: sums[k].colour.map { $0 / counts[k] }, y: sums[k].y / counts[k], x: sums[k].x / counts[k])
    }
  }

  /// Gives each connected piece a number of its own; a piece below the least size takes that of a neighbour before it.
  private func connected(_ labels: [Int], _ height: Int, _ width: Int, least: Int) -> [Int] {
    var pieces = [Int](repeating: -1, count: labels.count)
    var count = 0
    for start in labels.indices where pieces[start] < 0 {
      var (piece, next, neighbour) = ([start], 0, -1)
      pieces[start] = count
      while next < piece.count {
        let (y, x) = (piece[next] / width, piece[next] % width)
        next += 1
        for (row, column) in [(y - 1, x), (y, x - 1), (y, x + 1), (y + 1, x)]
        where row >= 0 && row < height && column >= 0 && column < width {
          let other = row * width + column
          if pieces[other] < 0, labels[other] == labels[start] {
            pieces[other] = count
            piece.append(other)
          } else if pieces[other] >= 0, pieces[other] != count {
            neighbour = pieces[other]
          }
        }
      }
      if piece.count < least, neighbour >= 0 {
        for pixel in piece { pieces[pixel] = neighbour }
      } else {
        count += 1
      }
    }
    return pieces
  }
}
