import Methods
import SaliencyCore
import TestSupport
import Testing

@testable import Bench
@testable import Configuration
@testable import Metrics

/// The passes that plans reckon with, held against those that are made.
@Suite struct UnitLengthsTests {
  static let model = (try? TinyRun.model(ModelChoice("gap")))?.model

  static func request(_ model: Model) throws -> AttributionRequest {
    try AttributionRequest(
      model, inputs: CounterRandom(seed: 5).normal(shape: model.inputShape.batched(1)), targets: [.index(1)])
  }

  @Test func methodsMakeThePassesTheySay() throws {
    let model = try #require(Self.model)
    let wrapped = SmoothGrad(base: GuidedGradCAM(), samples: 3)
    let catalog = standardCatalogs.methods
    // The number of superpixels depends on the image, that of a grid's cells does not.
    let all =
      try catalog.identifiers.map { name in
        try catalog.parse(try catalog(name) is any SegmentMethod ? "\(name)(segmentation=grid)" : name)
      } + [wrapped]
    for method in all {
      let request = try Self.request(model).metered()
      _ = try method.attribution(for: request)
      #expect(method.expectedPasses(for: model) == request.passes, "\(type(of: method).identifier)")
    }
    for name in ControlCatalog.standard.identifiers {
      #expect(try ControlCatalog.standard(name).expectedPasses == Passes(), "\(name)")
    }
  }

  @Test func metricsMakeThePassesTheySay() throws {
    let model = try #require(Self.model)
    let annotations = Annotations(
      height: 8, width: 8,
      objects: [
        Annotation(classIndex: 1, label: "star", box: Box(x: 0, y: 0, width: 4, height: 4)),
        Annotation(classIndex: 2, label: "box", box: Box(x: 4, y: 4, width: 4, height: 4)),
      ])
    let metrics = try [
      "average-drop", "deletion(step=7)", "insertion(step=8)", "road(percentages=[10, 50])",
      "max-sensitivity(samples=3)", "random-logit", "class-discrimination", "sparseness",
    ]
    .map { try MetricCatalog.standard.parse($0) }
    let methods: [any SaliencyMethod] = [Gradient(), SmoothGrad(base: Gradient(), samples: 2)]
    for (method, metric) in methods.flatMap({ method in metrics.map { (method, $0) } }) {
      let request = try Self.request(model).metered()
      let subject = Subject(
        request: request, method: method, attribution: try method.attribution(for: Self.request(model)),
        annotations: annotations)
      _ = try metric.evaluate(subject)
      let expected = metric.expectedPasses(for: ScoredMap(model: model, method: method))
      let total = expected.each + expected.shared
      #expect(total.backward == request.passes.backward, "\(metric.label)")
      // SmoothGrad does not read the forward pass of the changed images themselves, which is then not made.
      #expect(
        method is Gradient
          ? total.forward == request.passes.forward : total.forward >= request.passes.forward,
        "\(metric.label)")
    }
  }

  @Test func multiplicationsAreThoseOfTheLayers() throws {
    let model = try #require(Self.model)
    // Two 3 x 3 convolutions of 8 x 8 places, a dense layer, and one for each value of the layers without parameters.
    let convolutions = 64 * (3 * 3 * 3 * 5 + 5) + 64 * (3 * 3 * 5 * 6 + 6)
    #expect(model.multiplications > convolutions && model.multiplications < convolutions + 2_000)
    #expect(model.parametricLayerCount == 3)
  }

  @Test func theLineDependsOnTheExperimentAlone() throws {
    let tiny = try TinyRun()
    let experiment = try tiny.experiment()
    func shares() throws -> [WorkLine.Share] {
      let plan = try RunPlan(experiment, folder: tiny.folder.path, loadModel: TinyRun.model)
      return try (1...3).flatMap { plan.plan.line.shares(of: try Shard($0, of: 3)) }
    }
    let first = try shares()
    #expect(try first == shares())
    let plan = try RunPlan(experiment, folder: tiny.folder.path, loadModel: TinyRun.model)
    #expect(Set(first.map(\.place)) == Set(plan.plan.places))
    // What a dry run prints: the shards' passes are those of the whole.
    let lengths = UnitLengths(plan.plan)
    let parts = try (1...3).map { lengths.passes(of: WorkShare(try Shard($0, of: 3), of: plan.plan)) }
    let whole = (0..<2).reduce(Passes()) { $0 + lengths.passes(model: $1).passes }
    #expect(parts.reduce(Passes(), +) == whole && whole.forward > 100)
    #expect(plan.costSummary.count == 2 && plan.costSummary[0].hasPrefix("counted cost of gap: "))
    #expect(plan.loads(ofShards: 4).map(\.units).reduce(0, +) == plan.unitCount)
  }
}
