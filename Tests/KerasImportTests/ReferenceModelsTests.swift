import Foundation
import HDF5
import KerasImport
import SaliencyCore
import TestSupport
import Testing

/// Models of the extra test data, compared with what TensorFlow computes.
@Suite(.enabled(if: TestData.holds("reference"), "\(TestData.missing("reference"))"))
struct ReferenceModelsTests {
  @Test(arguments: ["tiny_gap", "tiny_vgg", "mini_xception", "squeezenet_cat_dog_boxer"])
  func logitsAndGradientAgreeWithTensorFlow(_ name: String) throws {
    var reference = try HDF5Reader(path: try #require(TestData.path("reference/\(name).h5")))
    let file = try #require(reference.index.string("model"))
    let target = Int(try #require(reference.index.number("target")))
    let model = try KerasModel.load(path: try #require(TestData.path("models/" + file)))
    let input = Tensor(shape: model.inputShape.batched(1), scalars: try reference.floats(at: "input"))
    let logits = try reference.floats(at: "logits")
    let gradient = try reference.floats(at: "gradient")

    let tape = try model.record(input, upTo: [model.output])
    let score = tape[model.score]
    #expect(relativeError(score, Tensor(shape: score.shape, scalars: logits)) < 1e-5)
    var seed = Tensor(repeating: 0, shape: score.shape)
    seed.withUnsafeMutableScalars { $0[target] = 1 }
    let found = try #require(try tape.pullback([model.score: seed], to: [model.input])[model.input])
    #expect(relativeError(found, Tensor(shape: input.shape, scalars: gradient)) < 1e-4)
  }

  @Test func weightsAloneWithTheArchitectureOfAnotherFile() throws {
    let weights = try #require(TestData.path("models/squeezenet1.1_imagenet_weights.h5"))
    let whole = try #require(TestData.path("models/squeezenet1.1_imagenet.h5"))
    let model = try KerasModel.load(path: weights, architecture: .file(whole))
    let same = try KerasModel.load(path: whole)
    let input = CounterRandom(seed: 1).normal(shape: same.inputShape.batched(1))
    let a = try model.record(input, upTo: [model.score])[model.score]
    let b = try same.record(input, upTo: [same.score])[same.score]
    #expect(a == b)
  }
}
