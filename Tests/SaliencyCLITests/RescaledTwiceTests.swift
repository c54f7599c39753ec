import Foundation
import Testing

/// A model that rescales its input, and preprocessing that does it too.
@Suite struct RescaledTwiceTests {
  private let bench: Workbench
  private let warning: String

  init() throws {
    bench = try Workbench()
    try bench.writeModel(named: "inside.h5", headType: "GlobalAveragePooling2D", rescaling: 1 / 255.0)
    try bench.writeModel(named: "widens.h5", headType: "GlobalAveragePooling2D", rescaling: 4)
    warning =
      "warning: \(bench["inside.h5"]): found preprocessing unit, which makes 0 to 1 of pixels from 0 to 255, and the model's own "
      + "layer \"rescaling\", which makes 0 to 0.003922 of that; if the model was trained on pixels from 0 to 255, use "
      + "preprocessing none"
  }

  @Test func everyCommandThatReadsImagesWarnsOnce() async throws {
    try bench.picture(named: "other.png", width: 12, height: 12)
    for arguments in [
      ["predict"], ["explain", "--output", bench["out"], "--methods", "gradient"],
      ["compare", "--output", bench["f.png"], "--methods", "gradient"],
    ] {
      let run = await CommandRun(
        arguments + [
          bench["photo.png"], bench["other.png"], "--model", bench["inside.h5"], "--preprocessing", "unit",
        ])
      #expect(run.complaint == warning, "\(arguments)")
    }
    let inspect = await CommandRun("inspect", bench["inside.h5"], "--preprocessing", "unit")
    #expect(inspect.complaint == warning)
    #expect(inspect.output.contains("0 to 1; 0 to 0.003922 after the model's own \"rescaling\""))
  }

  @Test func experimentsWarnToo() async throws {
    try bench.write("preprocessing: unit\n", to: "inside.yaml")
    try bench.write(
      "name: e\nmodels: [inside.h5]\nimages: photo.png\ntargets: [top]\nmethods: [gradient]\nmetrics: [sparseness]\n",
      to: "e.yaml")
    let run = await CommandRun("bench", bench["e.yaml"], "--dry-run", "--output", bench["run"])
    #expect(run.exitCode == 0 && run.complaint == warning, "\(run.errors)")
  }

  @Test(arguments: [
    ("inside.h5", []), ("inside.h5", ["--preprocessing", "none"]),
    ("widens.h5", ["--preprocessing", "unit"]),
  ])
  func whatFitsIsNoWarning(model: String, options: [String]) async {
    let run = await CommandRun(["predict", bench["photo.png"], "--model", bench[model]] + options)
    #expect(run.exitCode == 0 && run.errors.isEmpty, "\(run.errors)")
  }
}
