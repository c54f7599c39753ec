import Foundation
import HDF5
import Imaging
import SaliencyCLI
import SaliencyCore
import TestSupport
import Testing

@Suite struct PredictCommandTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private func predict(_ arguments: String...) async -> CommandRun {
    await CommandRun(
      ["predict", bench["photo.png"], "--model", bench["gap.h5"], "--preprocessing", "unit"] + arguments)
  }

  @Test func topClassesWithTheirLabels() async throws {
    let run = await predict("--labels", bench["labels.txt"], "--top", "2")
    #expect(run.exitCode == 0)
    #expect(run.errors.isEmpty)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 5, "path, header, two classes, input")
    #expect(lines[4] == "input: preprocessing unit, pixels from 0 to 255 become 0 to 1")
    #expect(lines[0] == bench["photo.png"])
    #expect(lines[1].split(separator: " ") == ["probability", "index", "class"])
    #expect(["circle", "square", "star"].contains { lines[2].hasSuffix($0) })
  }

  @Test func jsonHoldsProbabilitiesThatSumToOne() async throws {
    let run = await predict("--json")
    let list = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
    let top = try #require(list[0]["top"] as? [[String: Any]])
    #expect(top.count == 3)
    let sum = top.compactMap { $0["probability"] as? Double }.reduce(0, +)
    #expect(abs(sum - 1) < 1e-5)
    let input = try #require(list[0]["input"] as? [String: Any])
    #expect(input["preprocessing"] as? String == "unit" && input["range"] as? [Double] == [0, 1])
  }

  @Test func severalPicturesAndFoldersOfThem() async throws {
    try FileManager.default.createDirectory(atPath: bench["many"], withIntermediateDirectories: true)
    try bench.picture(named: "many/b.png", width: 12, height: 12)
    try bench.picture(named: "many/a.PNG", width: 30, height: 9)
    try bench.write("no picture", to: "many/notes.txt")
    let run = await predict(bench["many"])
    #expect(run.exitCode == 0)
    #expect(run.complaint == "\(bench["many"]): 2 PNG or JPEG files are read; left out: 1 .txt")
    let paths = run.output.split(separator: "\n").filter { $0.hasPrefix("/") }.map(String.init)
    #expect(paths == [bench["photo.png"], bench["many/a.PNG"], bench["many/b.png"]])
  }

  @Test func dumpedInputsAreWhatTheNetworkWasGiven() async throws {
    let run = await predict("--dump-inputs", bench["inputs.h5"])
    #expect(run.exitCode == 0)
    var file = try HDF5Reader(path: bench["inputs.h5"])
    #expect(file.index.dataset(at: "photo")?.shape == [1, 12, 12, 3])
    #expect(file.index.string("image", of: "photo") == bench["photo.png"])
    let transform = InputTransform(height: 12, width: 12, preprocessing: .unit)
    let expected = try transform(Image(contentsOf: bench["photo.png"]))
    #expect(try file.floats(at: "photo") == expected.scalars)
  }

  @Test func aSidecarSparesTheFlags() async throws {
    try bench.write("preprocessing: unit\nlabels: labels.txt\n", to: "gap.yaml")
    let alone = await CommandRun("predict", bench["photo.png"], "--model", bench["gap.h5"])
    #expect(alone.exitCode == 0)
    #expect(alone.output == (await predict("--labels", bench["labels.txt"])).output)
  }

  @Test func aModelOfAnySizeTakesEachPictureAsItIs() async throws {
    try bench.writeModel(named: "any.h5", headType: "GlobalAveragePooling2D", size: "null, null")
    try bench.picture(named: "wide.png", width: 31, height: 7)
    let arguments = [
      "predict", bench["photo.png"], bench["wide.png"], "--model", bench["any.h5"], "--preprocessing", "unit",
      "--dump-inputs", bench["inputs.h5"],
    ]
    #expect(await CommandRun(arguments).exitCode == 0)
    let own = try HDF5Reader(path: bench["inputs.h5"])
    #expect(own.index.dataset(at: "photo")?.shape == [1, 16, 20, 3])
    #expect(own.index.dataset(at: "wide")?.shape == [1, 7, 31, 3])
    #expect(await CommandRun(arguments + ["--input-size", "9x12"]).exitCode == 0)
    let given = try HDF5Reader(path: bench["inputs.h5"])
    #expect(given.index.dataset(at: "wide")?.shape == [1, 9, 12, 3])
  }

  @Test(
    .enabled(
      if: TestData.holds("models/squeezenet1.1_imagenet.h5"),
      "\(TestData.missing("models/squeezenet1.1_imagenet.h5"))"))
  func squeezeNetSeesTheBoxer() async throws {
    let run = await CommandRun(
      "predict", try #require(TestData.path("images/cat_dog.png")), "--model",
      try #require(TestData.path("models/squeezenet1.1_imagenet.h5")), "--preprocessing",
      "caffe(104,117,123)",
      "--labels", try #require(TestData.path("models/imagenet_labels.txt")))
    #expect(run.output.split(separator: "\n")[2].hasSuffix("242  boxer"))
  }
}
