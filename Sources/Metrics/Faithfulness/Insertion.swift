internal import Configuration
public import SaliencyCore

/// Insertion: how fast the class's probability rises as the pixels the map marks highest are put into a blurred image.
///
/// As `Deletion` in the other direction: from the fill (a blurred copy) to the image. Higher is better.
///
/// V. Petsiuk, A. Das, K. Saenko, "RISE", BMVC 2018, arXiv:1806.07421, section 4.3. The blur is that of the authors' code:
/// an 11 x 11 Gaussian of sigma 5 with its tails folded back, and 0 outside the image.
///
/// Known deviations elsewhere: xplique and torch-cam start from zeros.
public struct Insertion: PixelExchangeMetric {
  public static let descriptor = MetricDescriptor(
    "insertion", title: "Insertion", category: .faithfulness, direction: .higher,
    paper: "Petsiuk 2018, arXiv:1806.07421", needs: [.target])

  /// How many pixels come in one step: below 1 a share of the image's pixels, from 1 on a number.
  public var step = Double.oneIn224
  /// The image before the first step.
  public var fill = Fill.blur

  public init() {}

  public static let curveName = (name: "insertion", xTitle: "share of pixels inserted")

  public func images(_ image: Tensor, filled: Tensor) -> (start: Tensor, end: Tensor) { (filled, image) }
}
