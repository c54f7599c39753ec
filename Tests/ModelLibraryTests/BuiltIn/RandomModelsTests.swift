import ModelLibrary
import SaliencyCore
import Testing

@Suite struct RandomModelsTests {
  @Test(arguments: [("squeezenet", 1_235_496), ("mobilenetv2", 3_538_984), ("EfficientNetB0", 5_330_571)])
  func aNetworkHasItsParameters(name: String, count: Int) throws {
    let model = try #require(try RandomModels.named(name))
    // Keras counts the three numbers (mean, variance, count) of EfficientNet's normalisation, seven in all, as parameters.
    let own = model.graph.parameterCount
    #expect(own == count || own + 7 == count, "\(own)")
    #expect(model.classCount == 1000)
  }

  @Test func theSameSeedGivesTheSameWeights() throws {
    func scores(_ seed: UInt64) throws -> [Float] {
      let model = try #require(try RandomModels.named("SqueezeNet", seed: seed))
      let image = Tensor(repeating: 0.5, shape: model.inputShape.batched(1))
      return try model.record(image, upTo: [model.score])[model.score].scalars
    }
    let first = try scores(1)
    #expect(try scores(1) == first)
    #expect(try scores(2) != first)
    // He's variance: numbers keep their size.
    let size = (first.reduce(0) { $0 + $1 * $1 } / Float(first.count)).squareRoot()
    #expect((0.01...100).contains(size), "\(size)")
  }

  @Test func namesAreThoseOfKerasAndSqueezeNet() throws {
    #expect(RandomModels.names.count == 41 && RandomModels.knows("SQUEEZENET") && !RandomModels.knows("vgg"))
    #expect(try RandomModels.named("vgg") == nil)
  }
}
