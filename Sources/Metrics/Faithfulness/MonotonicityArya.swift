internal import Configuration
internal import SaliencyCore

/// Monotonicity (Arya): how often the class's probability rises as pixels come into an empty image, the least relevant first.
///
/// From the fill, pixels come in ceil(HW / step) equal steps in ascending order of the map. The first number is the share of steps that do not
/// lower the probability, in percent; the second the paper's own: 100 if no step does. Not applicable if the probability never changes.
///
/// V. Arya et al., "One Explanation Does Not Fit All", 2019, arXiv:1909.03012, appendix; AIX360's `monotonicity_metric`. The paper's
/// yes or no is nearly always no for images, hence the share. One pixel in 224 comes in a step.
///
/// Known deviations elsewhere: Quantus with its default fill overwrites the fill by itself, so that no probability changes and
/// every map scores 1.
public struct MonotonicityArya: Metric {
  public static let descriptor = MetricDescriptor(
    "monotonicity-arya", title: "Monotonicity (Arya)", category: .faithfulness,
    paper: "Arya 2019, arXiv:1909.03012", needs: [.target],
    values: [
      MetricValue("rising", title: "Steps that do not lower the probability", direction: .higher, unit: "%"),
      MetricValue("monotone", title: "Monotone", direction: .higher, unit: "%"),
    ])

  /// How many pixels come in one step: below 1 a share of the image's pixels, from 1 on a number.
  public var step = Double.oneIn224
  /// The image before the first step.
  public var fill = Fill.zero

  public init() {}

  /// The metric with another step.
  public init(step: Double) { self.step = step }

  public func validate() throws { try Self.requireShare("step", step) }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    let step = step.pixelCount(of: map.pixels)
    return MetricPasses(each: (map.pixels + step - 1) / step + 1)
  }

  public func score(_ subject: Subject) throws -> Score {
    try subject.map.requireContrast()
    let ascending = Array(subject.map.ranking.reversed())
    let channels = subject.input.shape[3]
    let step = step.pixelCount(of: ascending.count)
    let steps = (ascending.count + step - 1) / step
    let counts = (0...steps).map { $0 * ascending.count / steps }
    let input = subject.input
    let values = try subject.responses(.probability, to: steps + 1, copiesOf: subject.replacement(fill)) {
      k, copy in
      copy.take(ascending[..<counts[k]], of: input, channels: channels)
    }
    let changes = zip(values.dropFirst(), values).map { $0 - $1 }
    guard changes.contains(where: { $0 != 0 }) else { throw NotApplicable("the probability does not change") }
    let rising = changes.count { $0 >= 0 }
    let curve = Curve(
      "arya", xTitle: "share of pixels inserted", yTitle: subject.responseTitle,
      x: counts.map { Double($0) / Double(ascending.count) }, y: values)
    return Score(
      [100 * Double(rising) / Double(changes.count), rising == changes.count ? 100 : 0], curves: [curve])
  }
}
