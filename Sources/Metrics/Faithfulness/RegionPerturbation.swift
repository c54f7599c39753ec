internal import Configuration
internal import SaliencyCore

/// Region perturbation: what the explained score loses as whole regions are replaced by noise, the most relevant first, and the least first.
///
/// The image is cut into squares of side `region`, ranked by the sum of the map (equal ones keep their order). AOPC is the mean of f(x) - f(x_k)
/// over k = 0 ... `steps`, x_k with the first k regions replaced by uniform noise of the image's range. The first number is ABPC, the mean of
/// f(x_k, least relevant first) - f(x_k, most relevant first): the area between the two curves. The other two are the AOPC of
/// each order. All are in units of the score. The noise is the same for every map of the image.
///
/// W. Samek et al., "Evaluating the Visualization of What a Deep Neural Network Has Learned", IEEE TNNLS 2017, arXiv:1509.06321, equation 12:
/// regions of 9 x 9 (of 224 x 224; here 9/224 of the side), 100 steps. ABPC: S. Bluecher et al., "Decoupling Pixel Flipping and
/// Occlusion Strategy", 2024, arXiv:2401.06654. The paper takes the mean over 10 draws of the noise; here there is one.
///
/// Known deviations elsewhere: Quantus has regions of 8 x 8 filled with the image's smallest value, and gives the curve; iNNvestigate
/// gives the model's metrics after each step.
public struct RegionPerturbation: Metric {
  public static let descriptor = MetricDescriptor(
    "region-perturbation", title: "Region perturbation", category: .faithfulness,
    paper: "Samek 2017, arXiv:1509.06321", needs: [.target],
    values: [
      MetricValue("abpc", title: "ABPC", direction: .higher),
      MetricValue("morf", title: "AOPC, most relevant first", direction: .higher),
      MetricValue("lerf", title: "AOPC, least relevant first", direction: .lower),
    ])

  /// The side of a region: below 1 a share of the image's side, from 1 on pixels.
  public var region = 9.0 / 224
  /// How many regions are replaced at most.
  public var steps = 100
  /// What is measured of the model.
  public var response = Response.explainedScore

  public init() {}

  /// The metric with other regions and another number of steps.
  public init(region: Double, steps: Int = 100) {
    self.region = region
    self.steps = steps
  }

  public func validate() throws {
    try Self.requireShare("region", region)
    try Self.require("steps", steps, in: 1...Self.largestCount)
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses { MetricPasses(each: 2 * (steps + 1)) }

  public func score(_ subject: Subject) throws -> Score {
    try subject.map.requireContrast()
    let (height, width) = (subject.map.height, subject.map.width)
    let grid = PixelGrid(height: height, width: width, side: region.pixelSide(height: height, width: width))
    guard grid.cells.count > 1 else { throw NotApplicable("the image is a single region") }
    let ranked = grid.ranked(by: grid.sums(of: subject.map))
    let noise = try subject.resampled(0)
    let steps = min(steps, ranked.count)
    func curve(_ name: String, _ groups: [[Int]]) throws -> Curve {
      try subject.removalCurve(name, of: groups, steps: steps, replacedBy: noise, response: response)
    }
    let curves = try [curve("morf", ranked), curve("lerf", ranked.reversed())]
    guard let morf = curves[0].mean, let lerf = curves[1].mean, let whole = curves[0].y[0] else {
      return Score([nil, nil, nil], curves: curves)
    }
    return Score([lerf - morf, whole - morf, whole - lerf], curves: curves)
  }
}
