internal import Configuration
public import SaliencyCore

/// Pixel flipping: how fast the explained score falls as the pixels the map marks highest are replaced.
///
/// `Deletion` on the score before the softmax, which does not saturate: the area under f(x_k) over equal steps, both ends included, divided by
/// the number of steps. The number is in units of the score, so that it compares maps of one model only.
///
/// S. Bach et al., "On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance Propagation", PLOS ONE 2015,
/// doi:10.1371/journal.pone.0130140. The paper flips pixel by pixel in images of digits; here one pixel in 224 goes in a step, as in RISE.
///
/// Known deviations elsewhere: Quantus leaves out the unperturbed image, and does not divide by the steps, so that its number
/// depends on how many there are; it flips single channel values.
public struct PixelFlipping: PixelExchangeMetric {
  public static let descriptor = MetricDescriptor(
    "pixel-flipping", title: "Pixel flipping", category: .faithfulness, direction: .lower,
    paper: "Bach 2015, doi:10.1371/journal.pone.0130140", needs: [.target])

  /// How many pixels are flipped in one step: below 1 a share of the image's pixels, from 1 on a number.
  public var step = Double.oneIn224
  /// What they are replaced by.
  public var fill = Fill.zero
  /// What is measured: the explained score, or the class's probability.
  public var response = Response.explainedScore

  public init() {}

  public static let curveName = (name: "pixel-flipping", xTitle: "share of pixels replaced")

  public func images(_ image: Tensor, filled: Tensor) -> (start: Tensor, end: Tensor) { (image, filled) }
}
