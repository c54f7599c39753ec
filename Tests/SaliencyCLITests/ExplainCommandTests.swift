import Foundation
import HDF5
import Imaging
import Methods
import SaliencyCLI
import SaliencyCore
import Testing

@Suite struct ExplainCommandTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private func explain(_ arguments: String...) async -> CommandRun {
    await CommandRun(
      [
        "explain", bench["photo.png"], "--model", bench["gap.h5"], "--preprocessing", "unit", "--output",
        bench["out"],
      ]
        + arguments)
  }

  @Test func mapsWithEverythingThatWasChosen() async throws {
    let run = await explain(
      "--target", "2", "--methods", "grad-cam,smooth-grad(samples=3)", "--labels", bench["labels.txt"])
    #expect(run.exitCode == 0, "\(run.errors)")
    var file = try HDF5Reader(path: bench["out/maps.h5"])
    #expect(file.index.string("preprocessing") == "unit")
    #expect(file.index.string("resize") == "antialiased")
    #expect(file.index.string("version") == SaliencyTool.version)
    #expect(file.index.string("network")?.count == 64)
    #expect(file.index.string("explained") == "predictions.linear")
    #expect(file.index.string("label", of: "photo/2-star") == "star")
    #expect(file.index.string("layer", of: "photo/2-star") == "conv")
    let smooth = "photo/2-star/smooth-grad(samples=3)"
    #expect(file.index.number("parameter_samples", of: smooth) == 3)
    #expect(abs((file.index.number("parameter_noise", of: smooth) ?? 0) - 0.15) < 1e-6)
    #expect(file.index.string("parameter_base", of: smooth) == "gradient")
    #expect(file.index.string("reduction", of: smooth) == "max-abs")
    #expect(file.index.number("backward_passes", of: smooth) == 3)
    #expect(file.index.dataset(at: "\(smooth)/attribution")?.shape == [12, 12, 3])
    let map = try file.floats(at: "\(smooth)/map")
    let values = try file.floats(at: "\(smooth)/attribution")
    #expect(map == (0..<144).map { i in values[(3 * i)..<(3 * i + 3)].map(abs).max() ?? 0 })
  }

  @Test func overlaysAreAsLargeAsThePictureAskedFor() async throws {
    #expect(await explain("--target", "0", "--methods", "grad-cam").exitCode == 0)
    let small = try Image(contentsOf: bench["out/photo_0_grad-cam.png"])
    #expect((small.width, small.height) == (12, 12))
    #expect(await explain("--target", "0", "--methods", "grad-cam", "--background", "original").exitCode == 0)
    let large = try Image(contentsOf: bench["out/photo_0_grad-cam.png"])
    #expect((large.width, large.height) == (20, 16))
  }

  @Test func severalPicturesOfOneNameAreKeptApart() async throws {
    try FileManager.default.createDirectory(atPath: bench["more"], withIntermediateDirectories: true)
    try bench.picture(named: "more/photo.png", width: 9, height: 9)
    let run = await explain(bench["more"], "--methods", "gradient", "--target", "1")
    #expect(run.exitCode == 0, "\(run.errors)")
    let file = try HDF5Reader(path: bench["out/maps.h5"])
    #expect(file.index.groups() == ["photo", "photo-2"])
    #expect(
      try bench.contents(of: "out") == ["maps.h5", "photo-2_1_gradient.png", "photo_1_gradient.png"])
  }

  @Test func aSecondRunRemovesTheOverlaysOfTheFirstAndNothingElse() async throws {
    #expect(await explain("--target", "0", "--methods", "gradient,grad-cam").exitCode == 0)
    try bench.picture(named: "out/mine.png", width: 5, height: 5)
    let run = await explain("--target", "1", "--methods", "gradient")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(
      run.output.hasSuffix("and 1 overlays beside it; removed 2 overlays of an earlier run\n"),
      "\(run.output)")
    #expect(try bench.contents(of: "out") == ["maps.h5", "mine.png", "photo_1_gradient.png"])
    #expect(!(await explain("--target", "1", "--methods", "gradient")).output.contains("removed"))
  }

  /// An overlay that is explained in turn is an input, and stays.
  @Test func anOverlayThatIsAnInputIsKept() async throws {
    #expect(await explain("--target", "0", "--methods", "gradient").exitCode == 0)
    let overlay = bench["out/photo_0_gradient.png"]
    let run = await CommandRun(
      "explain", overlay, "--model", bench["gap.h5"], "--preprocessing", "unit", "--output", bench["out"],
      "--methods",
      "gradient", "--target", "1")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(FileManager.default.fileExists(atPath: overlay))
  }

  @Test func aMethodAskedForByNameThatFailsIsAnErrorAfterTheOthers() async throws {
    let arguments = [
      "explain", bench["photo.png"], "--model", bench["vgg.h5"], "--preprocessing", "unit", "--output",
      bench["out"],
    ]
    let named = await CommandRun(arguments + ["--methods", "cam,gradient"])
    #expect(named.exitCode == 1)
    let file = try HDF5Reader(path: bench["out/maps.h5"])
    let group = try #require(file.index.groups(in: "photo").first)
    #expect(file.index.dataset(at: "photo/\(group)/gradient/map") != nil)
    #expect(
      file.index.string("error", of: "photo/\(group)/cam")?.hasPrefix("CAM cannot explain vgg: ") == true)
    #expect(await CommandRun(arguments).exitCode == 0, "the default list leaves out what does not apply")
  }

  @Test func theSameMapsWhateverElseIsAsked() async throws {
    #expect(await explain("--methods", "gradient", "--target", "1").exitCode == 0)
    var alone = try HDF5Reader(path: bench["out/maps.h5"])
    let values = try alone.floats(at: "photo/1/gradient/attribution")
    #expect(await explain("--methods", "all", "--target", "0", "--target", "1").exitCode == 0)
    var together = try HDF5Reader(path: bench["out/maps.h5"])
    #expect(try together.floats(at: "photo/1/gradient/attribution") == values)
  }
}
