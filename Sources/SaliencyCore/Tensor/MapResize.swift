/// How a saliency map is brought to another size.
public enum MapResize: String, Sendable, Codable, CaseIterable {
  /// Bilinear, half-pixel centres, edges clamped: `tf.image.resize`, `cv2.resize`, PyTorch with `align_corners=False`.
  case bilinear
  /// The nearest cell.
  case nearest
  /// Bilinear, the corners' centres on the corners: `scipy.ndimage.zoom(order=1)`, PyTorch with `align_corners=True`.
  case alignCorners = "align-corners"
  /// Bicubic as `tf.image.resize`: Keys' kernel with a = -0.5, half-pixel centres, weights outside the map left out and the others
  /// normalised. May go below the map's smallest and above its largest value.
  case bicubic
  /// Bilinear, half-pixel centres, mirrored at the centres of the outer cells: `skimage.transform.resize`.
  case mirrored

  /// Resizes `[N, H, W, C]` to `[N, height, width, C]`.
  public func callAsFunction(_ tensor: Tensor, to size: (height: Int, width: Int)) -> Tensor {
    switch self {
    case .bilinear: return Resize.bilinear(tensor, to: size)
    case .nearest: return Resize.nearest(tensor, to: size)
    case .alignCorners, .bicubic, .mirrored:
      let rows = AxisWeights(from: tensor.shape[1], to: size.height, weights)
      let columns = AxisWeights(from: tensor.shape[2], to: size.width, weights)
      return Resize.apply(rows: rows, columns: columns, to: tensor)
    }
  }

  /// The first cell and the weights of an output position along one axis.
  private func weights(_ i: Int, from count: Int, to wanted: Int) -> (first: Int, weights: [Float]) {
    if count == 1 { return (0, [1]) }
    let centre = (Double(i) + 0.5) * Double(count) / Double(wanted) - 0.5
    switch self {
    case .bicubic: return Self.cubic(centre, count)
    case .alignCorners:
      let step = wanted > 1 ? Double(count - 1) / Double(wanted - 1) : 0
      return Self.linear(Double(i) * step, count)
    default:
      let last = Double(count - 1)
      let mirrored = centre < 0 ? -centre : centre > last ? 2 * last - centre : centre
      return Self.linear(mirrored, count)
    }
  }

  private static func linear(_ position: Double, _ count: Int) -> (first: Int, weights: [Float]) {
    let first = min(max(Int(position.rounded(.down)), 0), count - 2)
    let fraction = Float(position - Double(first))
    return (first, [1 - fraction, fraction])
  }

  /// TensorFlow rounds the fraction to 1/1024.
  private static func cubic(_ position: Double, _ count: Int) -> (first: Int, weights: [Float]) {
    let below = Int(position.rounded(.down))
    let fraction = ((position - Double(below)) * 1024).rounded() / 1024
    func kernel(_ distance: Double) -> Double {
      let x = abs(distance)
      if x <= 1 { return (1.5 * x - 2.5) * x * x + 1 }
      return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
    }
    let cells = max(below - 1, 0)...min(below + 2, count - 1)
    let weights = cells.map { kernel(Double($0 - below) - fraction) }
    let total = weights.reduce(0, +)
    return (cells.lowerBound, weights.map { Float($0 / total) })
  }
}
