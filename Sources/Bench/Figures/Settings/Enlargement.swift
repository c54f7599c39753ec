internal import Foundation
internal import SaliencyCore
internal import Support

/// How a layer's map is resized to the input: the conventions of papers and toolkits.
///
/// The toolkit itself uses `bilinear` only (`SaliencyMap.resized`); the others are for comparison.
enum Enlargement: String, Sendable, CaseIterable {
  /// Linear between pixel centres at half-integers, edges clamped: TensorFlow 2, OpenCV, PyTorch without `align_corners`.
  case bilinear
  /// Every value as a square.
  case nearest
  /// Linear, the outermost centres put on the image's corners: PyTorch's `align_corners=True`.
  case alignCorners = "align-corners"
  /// Linear, the top left corners of pixels put on one another: TensorFlow 1's `resize_bilinear`.
  case topLeft = "top-left"
  /// Cubic convolution (a = -0.5, R. Keys 1981), half-pixel centres: Pillow, skimage's order 3 nearly.
  case bicubic

  var title: String {
    switch self {
    case .bilinear: "Bilinear, half-pixel centres"
    case .nearest: "Nearest"
    case .alignCorners: "Bilinear, corners aligned"
    case .topLeft: "Bilinear, top left aligned"
    case .bicubic: "Bicubic, half-pixel centres"
    }
  }

  /// The map at a size.
  func callAsFunction(_ map: SaliencyMap, height: Int, width: Int) -> SaliencyMap {
    if self == .bilinear { return map.resized(height: height, width: width) }
    let rows = (0..<height).map { weights(at: $0, of: height, from: map.height) }
    let columns = (0..<width).map { weights(at: $0, of: width, from: map.width) }
    let values = rows.flatMap { row in
      columns.map { column in
        var sum = 0.0
        for (y, a) in row { for (x, b) in column { sum += a * b * Double(map.values[y * map.width + x]) } }
        return Float(sum)
      }
    }
    return SaliencyMap(height: height, width: width, values: values)
  }

  /// Which source positions, with what weights, make the value at a place along one axis.
  private func weights(at place: Int, of count: Int, from source: Int) -> [(place: Int, weight: Double)] {
    let scale = Double(source) / Double(count)
    let centre = (Double(place) + 0.5) * scale - 0.5
    func inside(_ i: Int) -> Int { min(max(i, 0), source - 1) }
    switch self {
    case .nearest: return [(inside(Int((Double(place) + 0.5) * scale)), 1)]
    case .bilinear: return linear(at: centre, inside)
    case .alignCorners:
      return linear(at: Double(place) * Double(source - 1) / Double(max(count - 1, 1)), inside)
    case .topLeft: return linear(at: Double(place) * scale, inside)
    case .bicubic:
      let below = Int(centre.rounded(.down))
      return (below - 1...below + 2).map { (inside($0), Self.cubic(centre - Double($0))) }
    }
  }

  private func linear(at place: Double, _ inside: (Int) -> Int) -> [(place: Int, weight: Double)] {
    let below = Int(place.rounded(.down))
    let share = place - Double(below)
    return [(inside(below), 1 - share), (inside(below + 1), share)]
  }

  /// Keys' kernel with a = -0.5.
  private static func cubic(_ distance: Double) -> Double {
    let x = abs(distance)
    if x < 1 { return 1.5 * x * x * x - 2.5 * x * x + 1 }
    return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0
  }
}
