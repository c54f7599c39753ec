internal import Configuration
public import SaliencyCore

/// A metric that exchanges the pixels of one image for those of another, the highest of the map first, and follows the class's
/// probability: deletion, insertion, pixel flipping.
///
/// Pixels are ranked by the map (equal ones keep their row-major order) and exchanged in ceil(HW / step) equal steps. The metric
/// value is the area under the probability's curve, both ends included: the trapezoid rule divided by the number of steps.
public protocol PixelExchangeMetric: Metric {
  /// The name of the curve, and what its x axis shows.
  static var curveName: (name: String, xTitle: String) { get }

  /// How many pixels are exchanged in one step: below 1 a share of the image's pixels, from 1 on a number.
  var step: Double { get set }

  /// What is in the place of removed pixels.
  var fill: Fill { get set }

  /// What is measured of the model.
  var response: Response { get }

  /// The image before any step, and the one whose pixels replace its own.
  ///
  /// - Parameter filled: The image with every pixel replaced by the fill.
  func images(_ image: Tensor, filled: Tensor) -> (start: Tensor, end: Tensor)
}

extension PixelExchangeMetric {
  /// The metric with another step (below 1 a share of the pixels), and another fill if one is given.
  public init(step: Double, fill: Fill? = nil) {
    self.init()
    self.step = step
    if let fill { self.fill = fill }
  }

  /// The metric with another number of pixels in a step, and another fill if one is given.
  public init(step: Int, fill: Fill? = nil) { self.init(step: Double(step), fill: fill) }

  public var response: Response { .probability }

  public func validate() throws { try Self.requireShare("step", step) }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    let step = step.pixelCount(of: map.pixels)
    return MetricPasses(each: (map.pixels + step - 1) / step + 1)
  }

  public func score(_ subject: Subject) throws -> Score {
    let images = images(subject.input, filled: subject.replacement(fill))
    let curve = try subject.exchangeCurve(
      Self.curveName.name, from: images.start, to: images.end,
      step: step.pixelCount(of: subject.map.values.count), xTitle: Self.curveName.xTitle, response: response)
    return Score([curve.areaUnderCurve], curves: [curve])
  }
}
