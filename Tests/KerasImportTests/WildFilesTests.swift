import Foundation
import KerasImport
import SaliencyCore
import TestSupport
import Testing

/// Nine files by strangers, Keras 1.1 to 3.11, against what Keras computes.
@Suite(.enabled(if: TestData.holds("models/wild"), "\(TestData.missing("models/wild"))"))
struct WildFilesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var file: String
    var architecture: String?
    var number: String { String(file.prefix(2)) }
    var testDescription: String { file }
  }

  static let cases = [
    Case(file: "01_dl4j_cnn_tf_keras112.h5"),
    Case(file: "06_dl4j_mnist_cnn_th_keras122_weights.h5", architecture: "06_arch.json"),
    Case(file: "10_face_big_xception_keras205.h5"),
    Case(file: "26_teachablemachine_mobilenet_tfkeras240.h5"),
    Case(file: "37_cifar10_bn_keras380.h5"),
    Case(file: "39_traffic_ru_keras3.weights.h5", architecture: "39_arch.json"),
    Case(file: "42_rps_mobile_residual_aug_keras3113.keras"),
  ]

  private func path(_ name: String) throws -> String {
    try #require(TestData.path("models/wild/" + name))
  }

  @Test(arguments: cases) func agreesWithKeras(_ test: Case) throws {
    let architecture = try test.architecture.map { Architecture.file(try path($0)) }
    let model = try KerasModel.load(path: try path(test.file), architecture: architecture)
    let expected = try path(test.number + "_expected.npz")
    for suffix in ["", "_b"] {
      guard let input = try numpyArray("input" + suffix, in: expected) else { continue }
      let output = try #require(try numpyArray("output" + suffix, in: expected))
      let shape = model.inputShape.batched(1)
      #expect(input.count == shape.count)
      let tape = try model.record(input.reshaped(to: shape), upTo: [model.output])
      let error = relativeError(tape[model.output], output)
      #expect(error < 1e-4, "output\(suffix): \(error)")
      guard let gradient = try numpyArray("grad" + suffix, in: expected) else { continue }
      let target = output.scalars.indices.max { output.scalars[$0] < output.scalars[$1] } ?? 0
      var seed = Tensor(repeating: 0, shape: tape[model.output].shape)
      seed.withUnsafeMutableScalars { $0[target] = 1 }
      let found = try tape.pullback([model.output: seed], to: [model.input])[model.input]
      let gradientError = relativeError(try #require(found), gradient)
      #expect(gradientError < 1e-2, "gradient\(suffix): \(gradientError)")
    }
  }

  private func message(_ name: String) throws -> String {
    let file = try path(name)
    do {
      _ = try KerasModel.load(path: file)
      return "no error"
    } catch {
      return "\(error)".replacingOccurrences(of: file, with: "FILE")
    }
  }

  @Test func namesTheLambda() throws {
    let message = try message("60_ERR_lambda_efficientnet_tfkeras280.h5")
    #expect(
      message.hasSuffix(
        "Lambda is not supported: it holds Python code, which is never run; rebuild the model with Keras layers "
          + "in its place and save that"), "\(message)")
    #expect(message.hasPrefix("FILE: layer \""))
  }

  @Test func saysThatAFileWasReadAsText() throws {
    #expect(try message("65_ERR_utf8_mangled.h5").contains("round trip through UTF-8"))
  }

  @Test func weightsAloneAskForAnArchitecture() throws {
    #expect(
      try message("39_traffic_ru_keras3.weights.h5")
        == "FILE: holds weights without an architecture; give the text that `model.to_json()` printed with "
        + "--architecture, or the name of a built-in one")
  }
}
