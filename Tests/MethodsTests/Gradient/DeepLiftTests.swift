import SaliencyCore
import TestSupport
import Testing

@testable import Methods

@Suite struct DeepLiftTests {
  /// A layer between two numbers and their sum; the attribution from a baseline of equal numbers.
  private func found(_ layer: any Layer, _ x: [Float], from baseline: Float = 0) throws -> [Float] {
    let shape = try layer.outputShape(for: [[1, 1, 2]])
    let model = try TinyNetworks.chain(
      [1, 1, 2],
      [
        ("layer", layer), ("flatten", Flatten()),
        ("score", Dense(kernel: Tensor(repeating: 1, shape: [shape.count, 1]))),
      ])
    let request = try AttributionRequest(model, inputs: Tensor(shape: [1, 1, 1, 2], scalars: x))
    return try DeepLift(baselines: [.constant(baseline)]).attribution(for: request).values.scalars
  }

  @Test func aReLUGivesWhatItsOutputChanged() throws {
    // From 1 to 3 and from 1 to -2.
    #expect(WorkedExample.isNear(try found(ReLU(), [3, -2], from: 1), [2, -1]))
    // From -1 to 3: the output rises by 3 for a difference of 4, where the gradient would give 4.
    #expect(WorkedExample.isNear(try found(ReLU(), [3, -2], from: -1), [3, 0]))
  }

  @Test func aSmoothFunctionGivesWhatItsOutputChanged() throws {
    let changes = [Float(3), -2].map { Activation.silu.value($0) - Activation.silu.value(1) }
    #expect(WorkedExample.isNear(try found(Activation.silu, [3, -2], from: 1), changes))
  }

  /// Max pooling over rows: the maximum rises by what the risen pixel rose above the old one.
  @Test func aMaximumGivesToWhatChangedIt() throws {
    let model = try TinyNetworks.chain([1, 2, 1], [("pool", MaxPool2D(1, 2)), ("flatten", Flatten())])
    func found(_ x: [Float], _ baseline: Float) throws -> [Float] {
      let request = try AttributionRequest(model, inputs: Tensor(shape: [1, 1, 2, 1], scalars: x))
      return try DeepLift(baselines: [.constant(baseline)]).attribution(for: request).values.scalars
    }
    #expect(WorkedExample.isNear(try found([5, 2], 1), [4, 0]))
    // Both fall from 1; the maximum falls to -2, and belonged to the first pixel.
    #expect(WorkedExample.isNear(try found([-3, -2], 1), [-3, 0]))
  }

  /// x y from (1, 1) to (3, 5): (3 - 1) (5 + 1) / 2 + (5 - 1) (3 + 1) / 2 = 6 + 8 = 14.
  @Test func aProductSplitsItsDifference() throws {
    var net = NetworkBuilder(input: [1, 1, 2])
    let input = net.graph.inputs[0]
    let x = try net.add(SelectChannels([0]), named: "x", inputs: [input])
    let y = try net.add(SelectChannels([1]), named: "y", inputs: [input])
    try net.add(Merge(.multiply), named: "product", inputs: [x, y])
    let image = Tensor(shape: [1, 1, 1, 2], scalars: [3, 5])
    let two = try AttributionRequest(net.model(named: "two"), inputs: image)
    let method = DeepLift(baselines: [.constant(1)])
    #expect(WorkedExample.isNear(try method.attribution(for: two).values.scalars, [6, 8]))
    // x y x from 1 to 45: the sum is exact.
    try net.add(Merge(.multiply), named: "three", inputs: [x, y, x])
    let three = try method.attribution(for: AttributionRequest(net.model(named: "three"), inputs: image))
    #expect(abs(three.values.sum - 44) < 1e-4)
  }

  /// Probabilities: the sum is the difference of the probability.
  @Test(arguments: [ScoreKind.preSoftmax, .output])
  func theSumIsTheDifference(_ score: ScoreKind) throws {
    for model in [try TinyNetworks.gap(), try TinyNetworks.vgg(), try TinyNetworks.mixed(), try squeezing()] {
      let images = TinyNetworks.images(for: model, count: 3)
      let request = try AttributionRequest(model, inputs: images, score: score)
      let answer = try DeepLift(baselines: [.black, .constant(0.5)]).attribution(for: request)
      for (n, gap) in try #require(answer.completenessGap).enumerated() {
        // Beside the score: a small difference of two scores has their rounding.
        let sum = abs(answer.values.sample(n).sum)
        let scale = max(sum, Double(abs(request.scores[n])))
        #expect(Double(gap) * sum < 1e-5 * scale, "\(model.name): \(gap)")
      }
    }
  }

  /// Squeeze and excitation with SiLU and PReLU.
  private func squeezing() throws -> Model {
    var net = NetworkBuilder(input: [6, 6, 3])
    let maps = try net.convolution("maps", filters: 4, activation: Activation.silu)
    try net.add(GlobalAveragePool2D(keepsAxes: true), named: "squeeze")
    let gate = try net.dense("gate", units: 4, activation: Activation.sigmoid)
    try net.add(Merge(.multiply), named: "excite", inputs: [maps, gate])
    try net.add(PReLU(alpha: net.normal([6, 6, 4])), named: "prelu")
    try net.add(GlobalMaxPool2D(), named: "pool")
    try net.dense("score", units: 3, activation: Softmax())
    return net.model(named: "squeezing")
  }

  @Test func severalBaselinesAreAveraged() throws {
    let model = try TinyNetworks.vgg()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 2))
    let (a, b) = (Baseline.constant(-1), Baseline.constant(1))
    let both = try DeepLift(baselines: [a, b]).attribution(for: request).values
    let singles = try [a, b].map { try DeepLift(baselines: [$0]).attribution(for: request).values }
    #expect(both.relativeError(to: (singles[0] + singles[1]) * 0.5) < 1e-6)
  }

  @Test func aLayerWithoutARuleIsRefused() throws {
    let model = try TinyNetworks.chain(
      [2, 2, 3],
      [
        ("norm", UnitNormalization()), ("flatten", Flatten()),
        ("score", Dense(kernel: Tensor(repeating: 1, shape: [12, 2]))),
      ])
    #expect(DeepLift().unsuitability(for: model)?.contains("UnitNormalization (\"norm\")") == true)
  }
}
