import SaliencyCore
import TestSupport
import Testing

@testable import Methods

@Suite struct ExpectedGradientsTests {
  /// A linear score: the gradient is the weight, so that the values are w (x - mean of the baselines).
  @Test func byHand() throws {
    var model = try TinyNetworks.chain(
      [1, 1, 2],
      [("flatten", Flatten()), ("score", Dense(kernel: Tensor(shape: [2, 1], scalars: [3, -1])))])
    (model.black, model.white) = ([0, 0], [2, 4])
    let request = try AttributionRequest(model, inputs: Tensor(shape: [1, 1, 1, 2], scalars: [1, 5]))
    let found = try ExpectedGradients(samples: 4, baselines: [.black, .white]).attribution(for: request)
    #expect(WorkedExample.isNear(found.values.scalars, [3 * (1 - 1), -(5 - 2)], within: 1e-5))
    #expect(try #require(found.completenessGap)[0] < 1e-5)
  }

  @Test func moreSamplesCloseTheGap() throws {
    let model = try TinyNetworks.vgg()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 1))
    let answer = try ExpectedGradients(samples: 4000, baselines: [.black]).attribution(for: request)
    #expect(try #require(answer.completenessGap)[0] < 0.05)
  }

  @Test func aBaselineIsMadeOfTheImage() throws {
    var model = try TinyNetworks.chain([1, 4, 2], [("flatten", Flatten())])
    let image = Tensor(shape: [1, 1, 4, 2], scalars: [0, 10, 1, 11, 2, 12, 3, 13])
    let random = CounterRandom(seed: 1)
    func reference(_ kind: ReferenceImage) -> [Float] {
      kind.image(of: image, for: model, random: random).scalars
    }
    #expect(reference(.black) == Array(repeating: 0, count: 8))
    #expect(reference(.white) == Array(repeating: 13, count: 8))
    model.white = [1, 2]
    #expect(reference(.white) == [1, 2, 1, 2, 1, 2, 1, 2])
    let noise = reference(.noise)
    for i in 0..<8 {
      let range: ClosedRange<Float> = i % 2 == 0 ? 0...3 : 10...13
      #expect(range.contains(noise[i]))
    }
    // Reflected at the border: the mean stays.
    let blurred: Float = reference(.blurred).reduce(0, +)
    #expect(abs(blurred - 52) < 1e-3)
  }

  @Test func noiseIsAnImageOfItsOwn() throws {
    let model = try TinyNetworks.vgg()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 1))
    var noisy = ExpectedGradients(samples: 4)
    noisy.noise = 0.1
    let plain = try ExpectedGradients(samples: 4).attribution(for: request).values
    #expect(try noisy.attribution(for: request).values != plain)
    var seeded = ExpectedGradients(samples: 4)
    seeded.seed = 7
    #expect(try seeded.attribution(for: request).values != plain)
  }
}
