import HDF5
import SaliencyCLI
import Testing

/// A model that reads a picture and something else.
@Suite struct SeveralInputsTests {
  private let bench: Workbench

  init() throws {
    bench = try Workbench()
    func layer(_ type: String, _ name: String, _ fields: String, reads: [String] = []) -> String {
      let nodes =
        reads.isEmpty ? "" : "[" + reads.map { "[\"\($0)\", 0, 0, {}]" }.joined(separator: ", ") + "]"
      return
        "{\"class_name\": \"\(type)\", \"name\": \"\(name)\", \"config\": {\"name\": \"\(name)\"\(fields)}, "
        + "\"inbound_nodes\": [\(nodes)]}"
    }
    let shape = ", \"batch_input_shape\": [null, 12, 12, 3]"
    let layers = [
      layer("InputLayer", "photo", shape), layer("InputLayer", "mask", shape),
      layer("Multiply", "masked", "", reads: ["photo", "mask"]),
      layer("GlobalAveragePooling2D", "scores", "", reads: ["masked"]),
    ]
    try HDF5Writer.write(to: bench["two.h5"]) { file in
      try file.attribute("keras_version", "2.4.0")
      try file.attribute(
        "model_config",
        "{\"class_name\": \"Functional\", \"config\": {\"name\": \"two\", \"layers\": [\(layers.joined(separator: ", "))], "
          + "\"input_layers\": [[\"photo\", 0, 0], [\"mask\", 0, 0]], \"output_layers\": [[\"scores\", 0, 0]]}}"
      )
      try file.group("model_weights")
    }
  }

  private func predict(_ arguments: String...) async -> CommandRun {
    await CommandRun(
      ["predict", bench["photo.png"], "--model", bench["two.h5"], "--preprocessing", "unit"] + arguments)
  }

  @Test func theOthersAreHeldAtNumbers() async {
    let (whole, none) = (await predict("--set-input", "mask=1"), await predict("--set-input", "mask=0"))
    #expect(whole.exitCode == 0, "\(whole.errors)")
    #expect(none.exitCode == 0, "\(none.errors)")
    #expect(whole.output != none.output)
  }

  @Test func inspectingNeedsNone() async {
    let run = await CommandRun("inspect", bench["two.h5"])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("masked"))
  }

  @Test func withoutANumberItSaysWhichAndHow() async {
    #expect(
      await predict().complaint
        == "error: \(bench["two.h5"]): besides the image it takes mask; set each to a constant, as in --set-input mask=0"
    )
    #expect(await predict("--set-input", "mast=1").errors.contains("mask"))
    #expect(
      await predict("--set-input", "mask").errors.contains(
        "found \"mask\", wanted NAME=NUMBER, such as age=0.5"))
  }
}
