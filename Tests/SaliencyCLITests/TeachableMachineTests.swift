import Foundation
import Methods
import SaliencyCLI
import SaliencyCore
import TestSupport
import Testing

@testable import Configuration

/// An export of Teachable Machine, models within models, explained without a single option about the model.
@Suite(
  .enabled(
    if: TestData.holds("models/wild/26_teachablemachine_mobilenet_tfkeras240.h5"),
    "\(TestData.missing("models/wild/26_teachablemachine_mobilenet_tfkeras240.h5"))"))
struct TeachableMachineTests {
  private let bench: Workbench
  private let model: String

  init() throws {
    bench = try Workbench()
    model = try #require(TestData.path("models/wild/26_teachablemachine_mobilenet_tfkeras240.h5"))
  }

  @Test func inspectShowsInnerLayersByTheirFullPath() async {
    let run = await CommandRun("inspect", model)
    #expect(run.exitCode == 0, "\(run.errors)")
    let lines = run.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    for line in [
      "preprocessing tf", "default layer sequential_9/model3/out_relu (7, 7, 1280)",
      "sequential_9/model3/Conv1 Conv2D (112, 112, 16) 432 sequential_9/model3/Conv1_pad",
      "sequential_11/dense_Dense6 Softmax (3) sequential_11/dense_Dense6.linear",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
  }

  @Test func everyMethodButCAMExplainsIt() async throws {
    let short = [
      "smooth-grad": "(samples=2)", "expected-gradients": "(samples=4)", "integrated-gradients": "(steps=2)",
      "blur-ig": "(steps=2)", "guided-ig": "(steps=2)", "xrai": "(steps=2)",
    ]
    let methods = MethodCatalog.standard.identifiers.filter { $0 != "cam" }.map { $0 + (short[$0] ?? "") }
    let run = await CommandRun(
      "compare", bench["photo.png"], "--model", model, "--methods", methods.joined(separator: ", "),
      "--output", bench["figure.png"])
    #expect(run.exitCode == 0, "\(run.errors)")
    let lines = run.output.split(separator: "\n").map { $0.split(separator: " ") }
    let guided = try #require(lines.first { $0.first == "guided-backprop" })
    #expect(guided.last == "36", "every ReLU of the inner models is matched: \(guided)")
  }

  @Test func anInnerLayerIsNamedByItsPath() async {
    let run = await CommandRun(
      "compare", bench["photo.png"], "--model", model, "--methods", "grad-cam", "--layer",
      "sequential_9/model3/block_3_expand_relu", "--output", bench["figure.png"])
    #expect(run.exitCode == 0, "\(run.errors)")
  }
}
