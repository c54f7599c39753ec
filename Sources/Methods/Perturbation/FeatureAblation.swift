internal import Configuration
public import SaliencyCore

/// Feature ablation: how much the score falls when one segment is covered.
///
/// Map `[N, H, W, 1]`: at each pixel f(x) - f(x without the pixel's segment).
///
/// Captum's FeatureAblation; the idea is that of Zeiler 2014, arXiv:1311.2901, with segments instead of windows.
///
/// - Complexity: one forward pass for each segment.
public struct FeatureAblation: SegmentMethod {
  public static let descriptor = MethodDescriptor(
    "feature-ablation", title: "Feature ablation", family: .perturbation,
    paper: "Zeiler 2014, arXiv:1311.2901", reduction: .sum, isSigned: true)

  /// How the image is cut.
  public var segmentation = Segmentation.slic
  /// About how many segments.
  public var segments = 50
  /// What a segment is covered with.
  public var fill = PerturbationFill.zero
  /// The seed of a fill with noise.
  public var seed: UInt64 = 0

  public init() {}

  public init(segmentation: Segmentation, segments: Int, fill: PerturbationFill = .zero) {
    (self.segmentation, self.segments, self.fill) = (segmentation, segments, fill)
  }

  public func validate() throws { try validateSegments() }

  public func passes(segments: Int) -> Int { segments }

  public func values(of game: SegmentGame) throws -> [Double] {
    let rest = try game.values(count: game.count) { left in (0..<game.count).map { $0 != left } }
    return rest.map { game.whole - $0 }
  }
}
