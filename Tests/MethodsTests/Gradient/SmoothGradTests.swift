import Methods
import SaliencyCore
import TestSupport
import Testing

@testable import Configuration

@Suite struct SmoothGradTests {
  /// f = sum of x²: the gradient at a noisy copy is 2 (x + sigma e).
  private func squares() throws -> Model {
    var graph = Graph()
    let input = try graph.addInput(named: "input", shape: [1, 2, 2])
    let square = try graph.add(Merge(.multiply), named: "square", inputs: [input, input])
    let flat = try graph.add(Flatten(), named: "flatten", inputs: [square])
    let score = try graph.add(
      Dense(kernel: Tensor(repeating: 1, shape: [4, 1])), named: "score", inputs: [flat])
    return Model(name: "squares", graph: graph, input: input, output: score)
  }

  /// Range 4 - (-1) = 5.
  private let image = Tensor(shape: [1, 1, 2, 2], scalars: [4, 1, -1, 2])

  private func noisyGradients(_ samples: Int, noise: Float, seed: UInt64) -> [Tensor] {
    (0..<samples).map {
      (image + SmoothGrad.unitNoise(seed: seed, image: image, sample: $0) * (noise * 5)) * 2
    }
  }

  private func smooth(_ samples: Int, _ aggregate: SmoothGrad.Aggregate, seed: UInt64 = 3) throws -> Tensor {
    let method = SmoothGrad(base: Gradient(), samples: samples, noise: 0.2, seed: seed, aggregate: aggregate)
    return try method.attribution(for: AttributionRequest(try squares(), inputs: image)).values
  }

  /// Mean of the signed gradients; sigma is the fraction of the image's own range.
  @Test func theMeanByItsDefinition() throws {
    let gradients = noisyGradients(5, noise: 0.2, seed: 3)
    let mean = gradients.dropFirst().reduce(gradients[0], +) * 0.2
    #expect(try smooth(5, .mean).relativeError(to: mean) < 1e-6)
  }

  /// SmoothGrad-squared is the mean of squares, VarGrad the population variance, and they differ by the squared mean.
  @Test func theOtherAggregatesByTheirDefinitions() throws {
    let gradients = noisyGradients(6, noise: 0.2, seed: 3)
    let mean = gradients.dropFirst().reduce(gradients[0], +) * (1 / 6)
    let squares = gradients.map { $0 * $0 }
    let meanSquare = squares.dropFirst().reduce(squares[0], +) * (1 / 6)
    #expect(try smooth(6, .meanSquare).relativeError(to: meanSquare) < 1e-6)
    let deviations = gradients.map { ($0 - mean) * ($0 - mean) }
    let variance = deviations.dropFirst().reduce(deviations[0], +) * (1 / 6)
    #expect(try smooth(6, .variance).relativeError(to: variance) < 1e-5)
    #expect(try smooth(1, .variance) == Tensor(repeating: 0, shape: image.shape))
  }

  /// A large common part does not drown the variance.
  @Test func theVarianceSurvivesALargeMean() throws {
    let model = try squares()
    let far = image + 30000
    let method = SmoothGrad(base: Gradient(), samples: 40, noise: 0.2, aggregate: .variance)
    let variance = try method.attribution(for: AttributionRequest(model, inputs: far)).values
    // Each gradient is 2 (x + e) with e of deviation 0.2 · 5 = 1: the variance is 4, up to its spread.
    #expect(variance.scalars.allSatisfy { $0 > 1.5 && $0 < 9 })
  }

  @Test func oneSampleWithoutNoiseIsTheBase() throws {
    let model = try TinyNetworks.mixed()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 2))
    let bases: [any SaliencyMethod] = [
      Gradient(), GuidedBackprop(), GradCAM(), IntegratedGradients(steps: 3),
    ]
    for base in bases {
      let plain = try base.attribution(for: request)
      let smooth = try SmoothGrad(base: base, samples: 1, noise: 0).attribution(for: request)
      #expect(smooth.values.isIdentical(to: plain.values))
      #expect(smooth.matched == plain.matched)
    }
  }

  /// The noise follows from seed, pixels and number: not from the batch, the order in it, or how many are drawn.
  @Test func theNoiseDoesNotDependOnTheBatch() throws {
    let model = try TinyNetworks.gap()
    let images = TinyNetworks.images(for: model, count: 3)
    let method = SmoothGrad(base: Gradient(), samples: 18)
    func answer(_ images: Tensor) throws -> Tensor {
      try method.attribution(for: AttributionRequest(model, inputs: images, targets: [.index(1)])).values
    }
    let whole = try answer(images)
    let reversed = try answer(Tensor(concatenating: (0..<3).reversed().map { images.sample($0) }))
    for n in 0..<3 {
      #expect(whole.sample(n).isIdentical(to: reversed.sample(2 - n)))
      #expect(whole.sample(n).isIdentical(to: try answer(images.sample(n))))
    }
    let noise = (0..<3).map { SmoothGrad.unitNoise(seed: 0, image: images.sample($0), sample: 0) }
    #expect(noise[0] != noise[1] && noise[1] != noise[2])
  }

  @Test func theFirstSamplesStayTheSameWhenMoreAreDrawn() throws {
    let two = try smooth(2, .mean) * 2
    let three = try smooth(3, .mean) * 3
    let third = noisyGradients(3, noise: 0.2, seed: 3)[2]
    #expect((three - two).relativeError(to: third) < 1e-5)
    #expect(try smooth(2, .mean, seed: 4) * 2 != two)
  }

  @Test func theNoiseIsStandardNormal() {
    let large = Tensor(repeating: 0, shape: [1, 100, 100, 3])
    let noise = SmoothGrad.unitNoise(seed: 1, image: large, sample: 0)
    #expect(abs(noise.sum / 30000) < 5 / Double(30000).squareRoot())
    #expect(abs(noise.dot(noise) / 30000 - 1) < 5 * (2 / Double(30000)).squareRoot())
    let next = SmoothGrad.unitNoise(seed: 1, image: large, sample: 1)
    #expect(abs(noise.dot(next)) / 30000 < 5 / Double(30000).squareRoot())
  }

  @Test func memoryDoesNotGrowWithTheSamples() throws {
    let watched = try WatchedModel()
    let method = SmoothGrad(base: Gradient(), samples: 100)
    _ = try method.attribution(for: AttributionRequest(watched.model, inputs: watched.images(2)))
    #expect(watched.largestBatch == watched.model.microBatch)
  }

  @Test func itIsSetUpFromText() throws {
    let text = "smooth-grad(aggregate=variance, base=guided-backprop, noise=0.1, samples=25)"
    let method = try #require(try MethodCatalog.standard.parse(text) as? SmoothGrad)
    #expect(method.base.method is GuidedBackprop)
    #expect(method.samples == 25)
    #expect(method.label == text)
    // A map is read as the base's would be.
    #expect(SmoothGrad(base: GradCAM()).reduction == .sum)
    #expect(SmoothGrad().reduction == .maxAbs)
  }

  @Test(
    arguments: [
      ("smooth-grad(samples=0)", "smooth-grad: samples: found 0, expected at least 1"),
      (
        "smooth-grad(noise=-0.5)",
        "smooth-grad: noise: found -0.5, expected at least 0 (0.15 is 15% of the range)"
      ),
      (
        "smooth-grad(base=grad-cm)",
        "no method is called \"grad-cm\"; did you mean \"grad-cam\" or \"xgrad-cam\"? (known: gradient, guided-backprop, "
          + "deconvnet, cam, grad-cam, guided-grad-cam, smooth-grad, gradient-x-input, integrated-gradients, grad-cam++, "
          + "hires-cam, layer-cam, xgrad-cam)"
      ),
      (
        "smooth-grad(aggregate=var)",
        "smooth-grad: aggregate: found \"var\", expected one of mean, mean-square, variance, mean-magnitude, sample-variance; did you mean \"variance\" or \"sample-variance\"?"
      ),
    ])
  func mistakesAreNamed(_ text: String, _ sentence: String) {
    let error = #expect(throws: ConfigurationError.self) { try MethodCatalog.standard.parse(text) }
    #expect(error?.description == sentence)
  }

  @Test func itNeedsWhatItsBaseNeeds() throws {
    #expect(SmoothGrad(base: CAM()).unsuitability(for: try TinyNetworks.vgg()) != nil)
    #expect(SmoothGrad(base: CAM()).isSuitable(for: try TinyNetworks.gap()))
  }
}
