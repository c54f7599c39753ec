import Configuration
import SaliencyCore
import TestSupport
import Testing

@testable import Methods

/// The parameters by which toolkits differ, on the worked example (`WorkedExample`).
@Suite struct ConventionParameterTests {
  private func values(_ text: String) throws -> [Float] {
    try MethodCatalog.standard.parse(text).attribution(for: WorkedExample.request()).values.scalars
  }

  @Test(
    arguments: [
      ("grad-cam(relu=false)", [1, 1.5, -1.5, 1]), ("grad-cam(pooling=sum)", [4, 6, 0, 4]),
      // Gradients where they and the map are positive: (1, 2) and (1), means 3/4 and 1/4.
      ("grad-cam(gate=true)", [0.75, 1.75, 0.75, 0.75]), ("hires-cam(relu=false)", [1, -1, -6, 2]),
      // Weights sum g² relu(g): 17 and 1.
      ("grad-cam++(form=undivided)", [17, 35, 3, 17]),
      // Means of A are 1: alpha = 1 / (2 + g), weights (1/3 + 2/4 + 2/4) / 4 and (1/3) / 4.
      ("grad-cam++(form=means)", [1.0 / 3, 0.75, 0.25, 1.0 / 3]),
    ] as [(String, [Float])])
  func byHand(_ method: String, _ wanted: [Float]) throws {
    let found = try values(method)
    #expect(WorkedExample.isNear(found, wanted), "\(method): \(found)")
  }

  @Test func camWithAReLU() throws {
    let request = try WorkedExample.request(WorkedExample.pooledModel())
    var cam = CAM()
    #expect(try cam.attribution(for: request).values.scalars == [1, 0, -6, 1])
    cam.relu = true
    #expect(try cam.attribution(for: request).values.scalars == [1, 0, 0, 1])
  }

  @Test func anEpsilonMakesSmallGradientsCountLess() throws {
    let (paper, other) = (try values("grad-cam++"), try values("grad-cam++(epsilon=0.5)"))
    #expect(zip(paper, other).allSatisfy { $0 >= $1 } && paper != other)
  }

  @Test func guidedAtZero() throws {
    let request = try RuleExample.request(ReLU(), pixels: [0, -1, 3])
    var method = GuidedBackprop()
    #expect(try method.attribution(for: request).values.scalars == [0, 0, 0])
    method.zero = .pass
    #expect(try method.attribution(for: request).values.scalars == [1, 0, 0])
    #expect(try method.attribution(for: request).matched == 1)
    let capped = try RuleExample.request(ReLU(maximum: 6), pixels: [7, 2, 0])
    #expect(try method.attribution(for: capped).values.scalars == [0, 1, 0])
  }

  @Test func guidedGradCAMScaled() throws {
    let model = try TinyNetworks.vgg()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 2))
    let guided = try GuidedBackprop().attribution(for: request).values
    var method = GuidedGradCAM()
    method.resize = .nearest
    method.normalise = .minMax
    let found = try method.attribution(for: request)
    for n in 0..<2 {
      let map = MapConvention(reduction: .sum, resize: .nearest, normalise: .minMax).map(
        of: try GradCAM().attribution(for: request), sample: n, by: GradCAM(), height: 8, width: 8)
      let mask = Tensor(shape: [1, 8, 8, 1], scalars: map.values)
      #expect(found.values.sample(n).isIdentical(to: guided.sample(n).multiplied(broadcasting: mask)))
    }
  }

  @Test func smoothGradsAggregates() throws {
    let model = try TinyNetworks.gap()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 1))
    func values(_ text: String) throws -> Tensor {
      try MethodCatalog.standard.parse("smooth-grad(\(text))").attribution(for: request).values
    }
    let variance = try values("samples=4, aggregate=variance")
    #expect(
      try values("samples=4, aggregate=sample-variance").relativeError(to: variance * (4.0 / 3)) < 1e-5)
    let plain = try Gradient().attribution(for: request).values
    #expect(try values("samples=1, aggregate=mean-magnitude, sigma=0").isIdentical(to: plain.map { abs($0) }))
    #expect(try values("samples=1, cleanLast=true").isIdentical(to: plain))
    let bounds = try #require(request.inputs.bounds)
    let range = bounds.high - bounds.low
    #expect(try values("samples=3, noise=0.5").isIdentical(to: values("samples=3, sigma=\(0.5 * range)")))
  }
}
