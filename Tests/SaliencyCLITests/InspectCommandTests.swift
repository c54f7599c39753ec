import Foundation
import SaliencyCLI
import Testing

@Suite struct InspectCommandTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  @Test func layersShapesParametersAndWhatApplies() async {
    let run = await CommandRun("inspect", bench["gap.h5"])
    #expect(run.exitCode == 0, "\(run.errors)")
    let lines = run.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    for line in [
      "model gap", "input (12, 12, 3)", "preprocessing not known; give --preprocessing, or write a sidecar",
      "classes 3, without labels", "parameters 127", "output predictions",
      "explained predictions.linear, the logit before the softmax",
      "default layer conv (12, 12, 4)",
      "conv.linear Conv2D (12, 12, 4) 112 conv_input", "conv ReLU (12, 12, 4) conv.linear",
      "predictions.linear Dense (3) 15 head",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
    #expect(
      lines.contains { $0.hasPrefix("methods that apply: gradient, guided-backprop, deconvnet, cam, ") })
  }

  @Test func theRangeOfTheInput() async {
    let run = await CommandRun("inspect", bench["gap.h5"], "--preprocessing", "rescaling(1/127.5,-1)")
    let lines = run.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.contains("preprocessing rescaling(1/127.5,-1)"), "\(run.output)")
    #expect(lines.contains("input range -1 to 1"), "\(run.output)")
  }

  @Test func whyAMethodDoesNotApply() async {
    let run = await CommandRun("inspect", bench["vgg.h5"])
    #expect(
      run.output.contains(
        "cam does not apply: \"head\" flattens a map of (12, 12, 4) into a dense head, where CAM needs global average "
          + "pooling; use `grad-cam`"))
  }

  @Test func whatDoesNotFitABuiltInArchitectureIsToldLayerByLayer() async {
    let run = await CommandRun("inspect", bench["gap.h5"], "--architecture", "VGG16")
    #expect(run.exitCode == 1)
    #expect(run.output.contains("block5_conv3"), "\(run.output)")
    #expect(run.errors.contains("layer \"block1_conv1\": its weights are not in the file"), "\(run.errors)")
  }

  @Test func theSidecarIsShown() async throws {
    try bench.write(
      "name: Tiny\npreprocessing: tf\nlabels: [a, b, c]\ncitation: nobody\nlayer: conv.linear\ntraining: { seed: 7 }\n",
      to: "gap.yaml")
    let run = await CommandRun("inspect", bench["gap.h5"], "--json")
    let found = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(found["name"] as? String == "Tiny")
    #expect(found["sidecar"] as? String == bench["gap.yaml"])
    #expect(found["preprocessing"] as? String == "tf")
    #expect(found["labels"] as? [String] == ["a", "b", "c"])
    #expect(found["citation"] as? String == "nobody")
    #expect(found["defaultLayer"] as? String == "conv.linear")
    #expect((found["layers"] as? [Any])?.count == 6)
  }
}
