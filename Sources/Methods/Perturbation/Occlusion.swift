internal import Configuration
public import SaliencyCore

/// Occlusion: how much the score falls when a window covers a place.
///
/// Map `[N, H, W, 1]`: at each pixel the mean of f(x) - f(x covered by w) over the windows w that cover it. The windows are
/// `size` x `size` pixels at steps of `stride` from the upper left corner; the last of a row or column is cut at the edge. A pixel that
/// no window covers (a stride larger than the size) is 0.
///
/// M. D. Zeiler, R. Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, arXiv:1311.2901, section 4.2.
///
/// The windows and their mean are those of Captum. Known deviations elsewhere: tf-explain fills with grey and writes 1 - p into a
/// low-resolution map; zennit keeps the window and covers the rest; xplique sums the windows.
///
/// - Complexity: (ceil((H - size) / stride) + 1) · (ceil((W - size) / stride) + 1) forward passes, each of only what the window can change
///   (`AttributionRequest.scores(replacing:by:explainedAs:)`).
public struct Occlusion: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "occlusion", title: "Occlusion", family: .perturbation, paper: "Zeiler 2014, arXiv:1311.2901",
    reduction: .sum, isSigned: true)

  /// How the falls of the windows that cover a pixel are combined.
  public enum Overlap: String, Sendable, Codable, CaseIterable {
    /// Their mean (Captum).
    case mean
    /// Their sum (xplique).
    case sum
  }

  /// The side of the window in pixels; at most that of the image.
  public var size = 15
  /// The step between windows in pixels.
  public var stride = 8
  /// What the window is filled with.
  public var fill = PerturbationFill.zero
  /// How overlapping windows are combined.
  public var overlap = Overlap.mean
  /// The seed of a fill with noise.
  public var seed: UInt64 = 0

  public init() {}

  public init(size: Int, stride: Int, fill: PerturbationFill = .zero, overlap: Overlap = .mean) {
    (self.size, self.stride, self.fill, self.overlap) = (size, stride, fill, overlap)
  }

  public func validate() throws {
    try Self.require("size", size, in: 1...Self.largestCount, unit: "pixels")
    try Self.require("stride", stride, in: 1...Self.largestCount, unit: "pixels")
  }

  public var expectedPasses: Passes { Passes(forward: regions(height: 224, width: 224).count) }

  public func expectedPasses(for model: Model) -> Passes {
    Passes(forward: regions(height: model.inputShape[0], width: model.inputShape[1]).count)
  }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let (height, width) = (request.inputs.shape[1], request.inputs.shape[2])
    let maps = try (0..<request.inputs.batchSize).map { n in
      try map(ImageCopies(of: n, in: request))
    }
    return Attribution(maps: maps, height: height, width: width)
  }

  private func map(_ copies: ImageCopies) throws -> [Float] {
    let regions = regions(height: copies.height, width: copies.width)
    let cover = fill.image(for: copies, seed: seed)
    let scores = try copies.request.scores(replacing: regions, by: cover, explainedAs: copies.sample)
    return combined(regions, falls: scores.map { copies.score - $0 }, copies.height, copies.width)
  }

  /// The windows, row by row.
  func regions(height: Int, width: Int) -> [ImageRegion] {
    starts(height).flatMap { y in
      starts(width).map { x in
        ImageRegion(rows: y..<min(y + size, height), columns: x..<min(x + size, width))
      }
    }
  }

  private func starts(_ extent: Int) -> [Int] {
    let steps = (max(extent - size, 0) + stride - 1) / stride
    return (0...steps).map { $0 * stride }.filter { $0 < extent }
  }

  private func combined(_ regions: [ImageRegion], falls: [Float], _ height: Int, _ width: Int) -> [Float] {
    var (totals, counts) = (
      [Double](repeating: 0, count: height * width), [Double](repeating: 0, count: height * width)
    )
    for (region, fall) in zip(regions, falls) {
      for row in region.rows {
        for column in region.columns {
          totals[row * width + column] += Double(fall)
          counts[row * width + column] += 1
        }
      }
    }
    return zip(totals, counts).map { Float(overlap == .sum ? $0 : $0 / max($1, 1)) }
  }
}
