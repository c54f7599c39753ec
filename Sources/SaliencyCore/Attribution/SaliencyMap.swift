/// One number for each position of one image: what is drawn and what metrics rank.
///
/// Channels are reduced and low-resolution maps upsampled here and nowhere else.
public struct SaliencyMap: Sendable, Equatable {
  /// The number of rows.
  public let height: Int
  /// The number of columns.
  public let width: Int
  /// Row by row.
  public let values: [Float]

  /// A map of values in row-major order.
  public init(height: Int, width: Int, values: [Float]) {
    precondition(values.count == height * width, "\(values.count) values do not fill \(height) x \(width)")
    self.height = height
    self.width = width
    self.values = values
  }

  /// The map of one image of an attribution, at the resolution it has.
  public init(_ attribution: Attribution, sample: Int = 0, reduction: ChannelReduction) {
    let values = attribution.values
    precondition(
      sample >= 0 && sample < values.batchSize, "sample \(sample) of a batch of \(values.batchSize)")
    let (height, width, channels) = (values.shape[1], values.shape[2], values.shape[3])
    let start = sample * height * width * channels
    self.init(
      height: height, width: width,
      values: values.withUnsafeScalars { a in
        (0..<(height * width)).map {
          let pixel = start + $0 * channels
          return reduction.reduce(UnsafeBufferPointer(rebasing: a[pixel..<(pixel + channels)]))
        }
      })
  }

  /// The map at another size: bilinear, half-pixel centres, edges clamped, unless another way is named.
  public func resized(height: Int, width: Int, by resize: MapResize = .bilinear) -> SaliencyMap {
    if height == self.height && width == self.width { return self }
    let tensor = Tensor(shape: [1, self.height, self.width, 1], scalars: values)
    return SaliencyMap(
      height: height, width: width,
      values: resize(tensor, to: (height, width)).scalars)
  }

  /// The defect of a map that shows nothing; nil for any other map.
  public var defect: Defect? {
    guard let first = values.first else { return .allZero }
    // A sum that stays 0 where every number is finite: a loop without branches.
    let finite = values.reduce(into: Float(0)) { $0 += $1 * 0 } == 0
    if !finite { return .notFinite }
    if values.contains(where: { $0 != first }) { return nil }
    return first == 0 ? .allZero : .constant
  }

  /// Why a map shows nothing.
  public enum Defect: String, Sendable, CaseIterable {
    /// Every value is 0.
    case allZero = "all zero"
    /// Every value is the same.
    case constant = "constant"
    /// A value is NaN or infinite.
    case notFinite = "not finite"
  }
}

/// How the channels of an attribution become one number.
public enum ChannelReduction: String, Sendable, Codable, CaseIterable {
  /// max_c |a_c| (Simonyan 2014): the default for gradients.
  case maxAbs = "max-abs"
  /// sum_c |a_c| (PAIR saliency, tf-explain).
  case sumAbs = "sum-abs"
  /// sum_c a_c: keeps the sum of the map, and so completeness; the only one that keeps the sign of several channels.
  case sum
  /// mean_c a_c (xplique).
  case mean
  /// max_c a_c (iNNvestigate, whose name for it is `absmax`).
  case max

  func reduce(_ channels: UnsafeBufferPointer<Float>) -> Float {
    switch self {
    case .maxAbs:
      var most: Float = 0
      for value in channels where !(abs(value) <= most) && !most.isNaN { most = abs(value) }
      return most
    case .sumAbs: return Self.sum(channels) { abs($0) }
    case .sum: return Self.sum(channels) { $0 }
    case .mean: return Self.sum(channels) { $0 } / Float(Swift.max(channels.count, 1))
    case .max: return channels.dropFirst().reduce(channels.first ?? 0) { $0.isNaN || $1 <= $0 ? $0 : $1 }
    }
  }

  @inline(__always)
  private static func sum(_ channels: UnsafeBufferPointer<Float>, _ part: (Float) -> Float) -> Float {
    var sum: Float = 0
    for value in channels { sum += part(value) }
    return sum
  }
}
