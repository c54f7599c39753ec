internal import Configuration
internal import SaliencyCore

/// Insertion: how fast the class's probability rises as the pixels the map marks highest are put into a blurred image.
///
/// As `Deletion`, the other way round: from the fill (a blurred copy) to the image. Higher is better.
///
/// V. Petsiuk, A. Das, K. Saenko, "RISE", BMVC 2018, arXiv:1806.07421, section 4.3. The blur is that of the authors' code:
/// an 11 x 11 Gaussian of sigma 5 with its tails folded back, and 0 outside the image.
///
/// Known deviations elsewhere: xplique and torch-cam start from zeros.
public struct Insertion: Metric {
  public static let descriptor = MetricDescriptor(
    "insertion", title: "Insertion", category: .faithfulness, direction: .higher,
    paper: "Petsiuk 2018, arXiv:1806.07421", needs: [.target])

  /// How many pixels come in one step.
  public var step = 224
  /// What they are put into.
  public var fill = Fill.blur

  public init() {}

  public init(step: Int, fill: Fill = .blur) {
    self.step = step
    self.fill = fill
  }

  public var complaint: String? { Self.complaint("step", step, unit: "pixel") }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: (map.pixels + step - 1) / step + 1)
  }

  public func score(_ subject: Subject) throws -> Score {
    let curve = try subject.exchangeCurve(
      "insertion", from: subject.replacement(fill), to: subject.input, step: step,
      xTitle: "share of pixels inserted")
    return Score([curve.areaUnderCurve], curves: [curve])
  }
}
