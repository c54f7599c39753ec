import Foundation
import HDF5
import Testing

/// An image that cannot be read stops no other: the failures are listed at the end, and the exit code is 1.
@Suite struct ImageFailuresTests {
  private let bench: Workbench

  init() throws {
    bench = try Workbench()
    try bench.picture(named: "many/b.png", width: 12, height: 12)
    try bench.picture(named: "many/d.png", width: 12, height: 12)
    // What macOS leaves on foreign disks, and a damaged image.
    try bench.write("Mac OS X resource fork", to: "many/._b.png")
    let whole = try #require(FileManager.default.contents(atPath: bench["many/b.png"]))
    try whole.prefix(whole.count - 30).write(to: URL(fileURLWithPath: bench["many/c.png"]))
  }

  private func run(_ arguments: String...) async -> CommandRun {
    await CommandRun(arguments + ["--model", bench["gap.h5"], "--preprocessing", "unit"])
  }

  private func expectFailures(_ run: CommandRun) {
    #expect(run.exitCode == 1)
    let lines = run.errors.split(separator: "\n").map(String.init)
    #expect(lines.count == 3, "\(run.errors)")
    #expect(lines[0].hasPrefix("error: \(bench["many/._b.png"]): found a text file"))
    #expect(lines[1].hasPrefix("error: \(bench["many/c.png"]): found a PNG image that ends early"))
    #expect(lines[2] == "error: 2 of 4 images could not be used, for the reasons above; the others are done")
  }

  @Test func predict() async throws {
    let run = await run("predict", bench["many"], "--dump-inputs", bench["inputs.h5"])
    expectFailures(run)
    #expect(run.output.contains(bench["many/b.png"]) && run.output.contains(bench["many/d.png"]))
    #expect(try HDF5Reader(path: bench["inputs.h5"]).index.datasets() == ["b", "d"])
  }

  @Test func explain() async throws {
    expectFailures(
      await run("explain", bench["many"], "--output", bench["out"], "--methods", "gradient", "--target", "1"))
    #expect(try HDF5Reader(path: bench["out/maps.h5"]).index.groups() == ["b", "d"])
    #expect(try bench.contents(of: "out") == ["b_1_gradient.png", "d_1_gradient.png", "maps.h5"])
  }

  @Test func compare() async throws {
    let run = await run(
      "compare", bench["many"], "--output", bench["figure.svg"], "--methods", "gradient", "--json")
    expectFailures(run)
    let found = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect((found["records"] as? [Any])?.count == 2 && (found["failures"] as? [Any])?.count == 2)
  }

  @Test(arguments: ["predict", "explain", "compare"])
  func noImageIsLeft(verb: String) async throws {
    let output = verb == "predict" ? ["--dump-inputs", bench["o.h5"]] : ["--output", bench["o"]]
    let run = await CommandRun(
      [
        verb, bench["many/._b.png"], bench["many/c.png"], "--model", bench["gap.h5"], "--preprocessing",
        "unit",
      ] + output)
    #expect(run.exitCode == 1 && run.output.isEmpty)
    #expect(
      run.errors.hasSuffix(
        "error: none of the 2 images could be used, for the reasons above; nothing was written\n"),
      "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: bench["o/maps.h5"]))
    #expect(
      !FileManager.default.fileExists(atPath: bench["o.png"])
        && !FileManager.default.fileExists(atPath: bench["o.h5"]))
  }

  /// A target that the model does not have is wrong for every image, so it is told once.
  @Test func whatIsWrongWithTheRequestIsToldOnce() async {
    let run = await run(
      "explain", bench["many/b.png"], bench["many/d.png"], "--output", bench["out"], "--target", "9")
    #expect(run.exitCode == 1)
    #expect(run.complaint == "error: target 9: the model has 3 classes, wanted an index from 0 to 2")
  }

  /// So is preprocessing that the model's input cannot have.
  @Test(arguments: ["predict", "explain", "compare"])
  func preprocessingThatDoesNotSuitTheModelIsToldOnce(verb: String) async throws {
    try bench.writeModel(named: "grey.h5", headType: "GlobalAveragePooling2D", channels: 1)
    let output = verb == "predict" ? [] : ["--output", bench["o"]]
    let run = await CommandRun(
      [
        verb, bench["many/b.png"], bench["many/d.png"], "--model", bench["grey.h5"], "--preprocessing",
        "torch",
      ] + output)
    #expect(run.exitCode == 1)
    #expect(run.errors.split(separator: "\n").count { $0.hasPrefix("error: ") } == 1, "\(run.errors)")
  }
}
