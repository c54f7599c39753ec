import SaliencyCore
import TestSupport
import Testing

@testable import Configuration
@testable import Methods

@Suite struct LRPTests {
  /// Two pixels, two ReLUs, one score, by epsilon: h = (2·1 + 1·1, 2·1 - 1·3) = (3, -1), so that the second ReLU is off;
  /// the score is 3 · 2 = 6, of which pixel 1 contributed 2/3 and pixel 2 one third.
  @Test func byHand() throws {
    let model = try TinyNetworks.chain(
      [1, 1, 2],
      [
        ("flatten", Flatten()), ("hidden", Dense(kernel: Tensor(shape: [2, 2], scalars: [1, 1, 1, -3]))),
        ("relu", ReLU()), ("score", Dense(kernel: Tensor(shape: [2, 1], scalars: [2, 5]))),
      ])
    let request = try AttributionRequest(model, inputs: Tensor(shape: [1, 1, 1, 2], scalars: [2, 1]))
    let answer = try LRP(composite: .uniform(PropagationRule(.epsilon))).attribution(for: request)
    #expect(WorkedExample.isNear(answer.values.scalars, [4, 2], within: 1e-5))
    #expect(try #require(answer.completenessGap)[0] < 1e-5)
  }

  /// In a network of ReLUs and maxima, LRP-0 everywhere is gradient times input.
  @Test func zeroIsGradientTimesInput() throws {
    let model = try TinyNetworks.vgg()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 2))
    let zero = try LRP(composite: .uniform(PropagationRule(.zero))).attribution(for: request).values
    let gradient = try GradientTimesInput().attribution(for: request).values
    #expect(zero.relativeError(to: gradient) < 1e-4)
  }

  static let presets = Composite.Preset.allCases

  /// If the share of biases is distributed, nothing is lost, in networks with sums, concatenations, normalisation and shared layers.
  @Test(arguments: presets, ["gap", "vgg", "mixed"])
  func relevanceIsConserved(_ preset: Composite.Preset, _ network: String) throws {
    var model = try MethodContractTests.network(network)
    model.black = Array(repeating: -4, count: model.inputShape[2])
    model.white = Array(repeating: 4, count: model.inputShape[2])
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 3))
    var method = LRP(composite: .preset(preset))
    method.bias = .distribute
    for gap in try #require(method.attribution(for: request).completenessGap) {
      #expect(gap < 1e-3, "\(gap)")
    }
  }

  @Test func theGapIsWhatBiasesAbsorb() throws {
    let model = try TinyNetworks.vgg()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 1))
    let answer = try LRP().attribution(for: request)
    let score = Double(request.scores[0])
    let gap = abs(answer.values.sum - score) / abs(score)
    #expect(abs(gap - Double(try #require(answer.completenessGap)[0])) < 1e-4 && gap > 1e-3)
  }

  @Test func theZBoxNeedsBounds() throws {
    let model = try TinyNetworks.vgg()
    let method = LRP(composite: .preset(.epsilonGammaBox))
    #expect(method.unsuitability(for: model)?.contains("`low`") == true)
    var bounded = method
    (bounded.low, bounded.high) = (-3, 3)
    #expect(bounded.isSuitable(for: model))
    #expect(throws: ConfigurationError.self) { try MethodCatalog.standard.parse("lrp(low=1)") }
  }

  /// The bounds of the model's input are carried through the layers before the first convolution.
  @Test func boundsPassThroughRescaling() throws {
    var net = NetworkBuilder(input: [4, 4, 1])
    let kernel = net.normal([3, 3, 1, 2])
    func model(_ layers: [(name: String, layer: any Layer)]) throws -> Model {
      try TinyNetworks.chain(
        [4, 4, 1],
        layers + [
          ("conv", Conv2D(kernel: kernel, padding: .same)), ("relu", ReLU()), ("gap", GlobalAveragePool2D()),
        ])
    }
    var raw = try model([("rescaling", Rescaling(scale: [-0.5], offset: [1]))])
    (raw.black, raw.white) = ([0], [4])
    var scaled = try model([])
    (scaled.black, scaled.white) = ([-1], [1])
    let pixels = CounterRandom(seed: 1).uniform(0..<4, shape: [1, 4, 4, 1])
    let method = LRP(composite: .preset(.epsilonGammaBox))
    let a = try method.attribution(for: AttributionRequest(raw, inputs: pixels)).values
    let b = try method.attribution(for: AttributionRequest(scaled, inputs: pixels.map { 1 - 0.5 * $0 }))
      .values
    #expect(a.relativeError(to: b) < 1e-5)
  }

  @Test func compositesAreReadAndWritten() throws {
    let texts = [
      "lrp", "lrp(composite=epsilon-plus)", "lrp(composite=epsilon)", "lrp(composite=gamma(gamma=0.5))",
      "lrp(composite=[{layers=first, rule=flat}, {layers=linear, rule=epsilon(epsilon=0.5)}])",
    ]
    for text in texts { #expect(try MethodCatalog.standard.parse(text).label == text) }
    let method = try MethodCatalog.standard.parse(texts[4]) as? LRP
    #expect(
      method?.composite
        == .entries([
          .init("first", PropagationRule(.flat)), .init("linear", PropagationRule(.epsilon, epsilon: 0.5)),
        ]))
    func sentence(_ text: String) -> String? {
      #expect(throws: ConfigurationError.self) { try MethodCatalog.standard.parse(text) }?.description
    }
    #expect(
      sentence("lrp(composite=epsilon-pluss)")?.contains(
        "found \"epsilon-pluss\", expected one of epsilon-gamma-box") == true)
    #expect(sentence("lrp(composite=gamma(epsilon=1))")?.contains("epsilon") == true)
    #expect(
      sentence("lrp(composite=epsilon(epsilon=-1))") == "epsilon: epsilon: found -1.0, expected at least 0")
    #expect(sentence("lrp(composite=[{layers=first, rule=flatt}])")?.contains("found \"flatt\"") == true)
    #expect(sentence("lrp(composite=[])")?.contains("list of layers and rules") == true)
  }

  /// Entries take precedence in their order, by place and by name.
  @Test func entriesDecideInOrder() throws {
    let model = try TinyNetworks.vgg()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 1))
    func values(_ text: String) throws -> Tensor {
      try MethodCatalog.standard.parse(text).attribution(for: request).values
    }
    let preset = try values("lrp(composite=epsilon-plus-flat)")
    let written = try values(
      "lrp(composite=[{layers=first, rule=flat}, {layers=\"block*\", rule=z-plus}, {layers=dense, rule=epsilon}])"
    )
    #expect(written.isIdentical(to: preset))
    let error = #expect(throws: GraphError.self) {
      try values("lrp(composite=[{layers=\"no such layer\", rule=flat}])")
    }
    #expect(error?.description.contains("layers named \"no such layer\"") == true)
  }
}
