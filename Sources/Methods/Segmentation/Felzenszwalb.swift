internal import SaliencyCore

/// Efficient graph-based image segmentation: neighbouring pixels are joined, the most alike first, as long as the
/// difference between two segments is small beside the differences within each.
///
/// P. F. Felzenszwalb, D. P. Huttenlocher, "Efficient Graph-Based Image Segmentation", IJCV 2004,
/// doi:10.1023/B:VISI.0000022288.19776.77, on the grid of 8 neighbours. As in scikit-image, `scale` is in units of
/// 1/255 of the image's numbers, and the image is smoothed first.
///
/// - Complexity: O(n log n) in the number of pixels.
struct Felzenszwalb {
  /// How large segments tend to be.
  var scale: Double
  /// The standard deviation of the smoothing, in pixels.
  var sigma = 0.8
  /// The least number of pixels of a segment.
  var minSize = 150

  /// The segment of each pixel, row by row, numbered from 0 in the order of their first pixels.
  ///
  /// - Parameter image: A batch of one, `[1, H, W, C]`.
  func callAsFunction(_ image: Tensor) -> [Int] {
    let smooth = GaussianFilter(sigma: sigma, border: .reflected)(image)
    let edges = Self.edges(of: smooth)
    var forest = Forest(image.shape[1] * image.shape[2])
    for edge in edges { forest.join(edge, ifWithin: scale / 255) }
    for edge in edges { forest.join(edge, ifSmallerThan: minSize) }
    return forest.labels
  }

  /// Two neighbouring pixels and the distance of their colours.
  private struct Edge {
    let a, b: Int
    let weight: Float
  }

  /// The edges by rising weight; of equal ones right before down before the diagonals, each row by row.
  private static func edges(of image: Tensor) -> [Edge] {
    let (height, width, channels) = (image.shape[1], image.shape[2], image.shape[3])
    var edges: [Edge] = []
    edges.reserveCapacity(4 * height * width)
    image.withUnsafeScalars { v in
      for (dy, dx) in [(0, 1), (1, 0), (1, 1), (-1, 1)] {
        for y in max(0, -dy)..<(height - max(0, dy)) {
          for x in 0..<(width - dx) {
            let (a, b) = (y * width + x, (y + dy) * width + x + dx)
            var sum: Float = 0
            for c in 0..<channels {
              let d = v[a * channels + c] - v[b * channels + c]
              sum += d * d
            }
            edges.append(Edge(a: a, b: b, weight: sum.squareRoot()))
          }
        }
      }
    }
    // Swift's sort is stable.
    return edges.sorted { $0.weight < $1.weight }
  }

  /// A union of disjoint sets of pixels, with the size and the largest inner edge of each.
  private struct Forest {
    private var parent: [Int]
    private var size: [Int]
    private var inner: [Double]

    init(_ count: Int) {
      parent = Array(0..<count)
      size = Array(repeating: 1, count: count)
      inner = Array(repeating: 0, count: count)
    }

    private mutating func root(_ pixel: Int) -> Int {
      var pixel = pixel
      while parent[pixel] != pixel {
        parent[pixel] = parent[parent[pixel]]
        pixel = parent[pixel]
      }
      return pixel
    }

    private mutating func join(_ a: Int, _ b: Int) -> Int {
      let (low, high) = (min(a, b), max(a, b))
      parent[high] = low
      size[low] += size[high]
      return low
    }

    /// Joins two segments if the edge weighs less than both inner differences allow.
    mutating func join(_ edge: Edge, ifWithin scale: Double) {
      let (a, b) = (root(edge.a), root(edge.b))
      if a == b { return }
      let weight = Double(edge.weight)
      guard weight < min(inner[a] + scale / Double(size[a]), inner[b] + scale / Double(size[b])) else {
        return
      }
      inner[join(a, b)] = weight
    }

    /// Joins two segments if one of them is too small.
    mutating func join(_ edge: Edge, ifSmallerThan least: Int) {
      let (a, b) = (root(edge.a), root(edge.b))
      if a != b, min(size[a], size[b]) < least { _ = join(a, b) }
    }

    var labels: [Int] {
      mutating get {
        var numbers: [Int: Int] = [:]
        return parent.indices.map { pixel in
          let root = root(pixel)
          let number = numbers[root] ?? numbers.count
          numbers[root] = number
          return number
        }
      }
    }
  }
}
