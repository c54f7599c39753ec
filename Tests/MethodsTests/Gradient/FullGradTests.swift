import SaliencyCore
import TestSupport
import Testing

@testable import Methods

@Suite struct FullGradTests {
  /// f = relu(2 x_0 + 1) + relu(x_1 - 4), x = (3, 1): 7, of which 6 is gradient times input and 1 a bias.
  private func request() throws -> AttributionRequest {
    let kernel = Tensor(shape: [1, 1, 2, 2], scalars: [2, 0, 0, 1])
    let model = try TinyNetworks.chain(
      [1, 1, 2],
      [
        ("conv", Conv2D(kernel: kernel, bias: Tensor(shape: [2], scalars: [1, -4]))), ("relu", ReLU()),
        ("flatten", Flatten()), ("score", Dense(kernel: Tensor(repeating: 1, shape: [2, 1]))),
      ])
    return try AttributionRequest(model, inputs: Tensor(shape: [1, 1, 1, 2], scalars: [3, 1]))
  }

  @Test func byHand() throws {
    let gradient = try FullGradient(request(), foldsNormalization: true)
    #expect(gradient.input.scalars == [2, 0])
    #expect(gradient.terms.count == 1 && gradient.terms[0].gradient.scalars == [1, 0])
    #expect(gradient.terms[0].bias.scalars == [1, -4])
    #expect(gradient.sum(for: try request().inputs, sample: 0) == 7)
    // Each term is rescaled to [0, 1]: (6, 0) and (1, 0).
    let answer = try FullGrad().attribution(for: request())
    #expect(WorkedExample.isNear(answer.values.scalars, [2], within: 1e-5))
    #expect(answer.completenessGap == [0])
    #expect(
      WorkedExample.isNear(try SimpleFullGrad().attribution(for: request()).values.scalars, [2], within: 1e-5)
    )
  }

  /// The terms sum to the score: normalisation, ReLU6, smooth activations, products, a softmax.
  @Test(arguments: [ScoreKind.preSoftmax, .output], [true, false])
  func theTermsSumToTheScore(_ score: ScoreKind, _ folds: Bool) throws {
    var net = NetworkBuilder(input: [6, 6, 3])
    try net.add(Rescaling(scale: [0.5], offset: [0.25]), named: "rescaling")
    let maps = try net.convolution("maps", filters: 4, activation: Activation.silu)
    try net.add(GlobalAveragePool2D(keepsAxes: true), named: "squeeze")
    let gate = try net.dense("gate", units: 4, activation: Activation.sigmoid)
    try net.add(Merge(.multiply), named: "excite", inputs: [maps, gate])
    try net.add(GlobalMaxPool2D(), named: "pool")
    try net.dense("score", units: 3, activation: Softmax())
    let models = [
      try TinyNetworks.gap(), try TinyNetworks.vgg(), try TinyNetworks.mixed(), net.model(named: "squeezing"),
    ]
    for model in models {
      let images = TinyNetworks.images(for: model, count: 3)
      let request = try AttributionRequest(model, inputs: images, score: score)
      var method = FullGrad()
      method.foldNormalization = folds
      for gap in try #require(method.attribution(for: request).completenessGap) {
        #expect(gap < 1e-5, "\(model.name): \(gap)")
      }
    }
  }

  /// Corners on corners: 0 and 1 over four pixels are thirds; half-pixel centres clamp.
  @Test func upsampling() {
    let term = Tensor(shape: [1, 1, 2, 1], scalars: [0, 1])
    var aligned = FullGradientMap([1, 1, 4, 1], alignsCorners: true)
    aligned.add(term)
    #expect(WorkedExample.isNear(aligned.values.scalars, [0, 1 / 3, 2 / 3, 1], within: 1e-5))
    var centred = FullGradientMap([1, 1, 4, 1], alignsCorners: false)
    centred.add(term)
    #expect(WorkedExample.isNear(centred.values.scalars, [0, 0.25, 0.75, 1], within: 1e-5))
  }
}
