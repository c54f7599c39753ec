import Foundation
import SaliencyCLI
import Synchronization
import Testing

/// `reproduce` with a network that squeezes and excites, and what it prints while it works.
@Suite struct ReproduceOutputTests {
  private let bench: Workbench

  init() throws {
    bench = try Workbench()
    try FunctionalModel.excited().write(output: "classes", to: bench["se.h5"])
  }

  private var model: [String] {
    ["--model", bench["se.h5"], "--preprocessing", "unit", "--labels", bench["labels.txt"]]
  }

  @Test func layersOfOnePositionAreNoMaps() async throws {
    let run = await CommandRun(
      ["reproduce", "selvaraju-2017"] + model
        + ["--images", bench["photo.png"], "--output", bench["out"], "--format", "svg"])
    #expect(run.exitCode == 0, "\(run.errors)")
    let layers = try String(contentsOfFile: bench["out/selvaraju-2017/layers.svg"], encoding: .utf8)
    #expect(
      layers.contains(">Grad-CAM, conv<") && layers.contains(">Grad-CAM, excite<"),
      "the default layer is among them")
    #expect(!layers.contains("reduce<") && !layers.contains("expand<"))
    for name in ["against", "layer-shares", "identity"] {
      #expect(!FileManager.default.fileExists(atPath: bench["out/selvaraju-2017/\(name).md"]))
      #expect(
        run.errors.contains("\"\(name)\" was not made: there is no number for any of its rows: "),
        "\(run.errors)")
    }
  }

  /// Each experiment's line is printed when it is finished, not at the end.
  @Test func aLineForEachExperimentAsItIsFinished() async {
    let events = Mutex<[String]>([])
    let output = bench["out"]
    let console = Console(
      output: { text in
        // What is printed about the first comes before the second has a folder.
        let isSecondThere = FileManager.default.fileExists(atPath: "\(output)/zhou-2016")
        events.withLock { $0.append(text + (isSecondThere ? "second" : "first")) }
      }, errors: { _ in })
    let code = await SaliencyTool.run(
      ["reproduce", "everyday-objects", "zhou-2016"] + model
        + ["--images", bench["photo.png"], "--output", output, "--format", "svg"], console: console)
    #expect(code == 0)
    let printed = events.withLock(\.self)
    #expect(printed.count == 2)
    #expect(printed.first?.hasPrefix("\(output)/everyday-objects: overlays.svg") == true)
    #expect(printed.first?.hasSuffix("first") == true && printed.last?.hasSuffix("second") == true)
  }
}
