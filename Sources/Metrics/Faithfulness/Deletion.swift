internal import Configuration
public import SaliencyCore

/// Deletion: how fast the class's probability falls as the pixels the map marks highest are removed.
///
/// Pixels are ranked by the map (equal ones keep their row-major order) and replaced by the fill in ceil(HW / step) equal steps;
/// the score is the area under the probability's curve, both ends included: the trapezoid rule divided by the number of steps.
///
/// V. Petsiuk, A. Das, K. Saenko, "RISE", BMVC 2018, arXiv:1806.07421, section 4.3. Defaults as in the authors' code: 224
/// pixels a step of images of 224 x 224 (one pixel in 224, so 224 steps for any size), zeros in the preprocessed space.
///
/// Known deviations elsewhere: the authors' ranking breaks ties arbitrarily; their last step is smaller where HW is no multiple
/// of the step. xplique measures the model's raw output unless told otherwise.
public struct Deletion: PixelExchangeMetric {
  public static let descriptor = MetricDescriptor(
    "deletion", title: "Deletion", category: .faithfulness, direction: .lower,
    paper: "Petsiuk 2018, arXiv:1806.07421", needs: [.target])

  /// How many pixels go in one step: below 1 a share of the image's pixels, from 1 on a number.
  public var step = Double.oneIn224
  /// What they are replaced by.
  public var fill = Fill.zero

  public init() {}

  public static let curveName = (name: "deletion", xTitle: "share of pixels removed")

  public func images(_ image: Tensor, filled: Tensor) -> (start: Tensor, end: Tensor) { (image, filled) }
}
