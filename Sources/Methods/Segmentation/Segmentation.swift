internal import SaliencyCore

/// How an image is cut into segments.
public enum Segmentation: String, Sendable, Codable, CaseIterable {
  /// Superpixels of similar colour (`SLIC`).
  case slic
  /// Equal rectangles.
  case grid

  /// About `count` segments of an image `[1, H, W, C]`.
  func segments(of image: Tensor, count: Int, model: Model) -> Segments {
    switch self {
    case .slic: SLIC(segments: count).segments(of: image, model: model)
    case .grid: Self.grid(height: image.shape[1], width: image.shape[2], count: count)
    }
  }

  /// Rows and columns of nearly square rectangles, about `count` in all.
  static func grid(height: Int, width: Int, count: Int) -> Segments {
    let ideal = (Double(count) * Double(height) / Double(max(width, 1))).squareRoot()
    let rows = min(max(Int(ideal.rounded()), 1), height)
    let columns = min(max(Int((Double(count) / Double(rows)).rounded()), 1), width)
    let labels = (0..<(height * width)).map { pixel in
      (pixel / width) * rows / height * columns + (pixel % width) * columns / width
    }
    return Segments(height: height, width: width, labels: labels)
  }
}
