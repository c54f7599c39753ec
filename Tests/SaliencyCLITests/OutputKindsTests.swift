import Foundation
import Testing

/// Models whose output is no row of probabilities: a map, a number, NaN.
@Suite struct OutputKindsTests {
  private let bench: Workbench

  init() throws {
    bench = try Workbench()
    try FunctionalModel.segmenting().write(output: "seg", to: bench["seg.h5"])
    try FunctionalModel.pooled(activation: "linear", units: 1).write(
      output: "value", to: bench["regression.h5"])
    try FunctionalModel.pooled(activation: "sigmoid", units: 1).write(
      output: "value", to: bench["sigmoid.h5"])
    try FunctionalModel.pooled(activation: "linear", units: 3, bias: [.nan, 0.5, 0.5])
      .write(output: "value", to: bench["nan.h5"])
  }

  private func run(_ verb: String, _ model: String, _ arguments: String...) async -> CommandRun {
    await CommandRun(
      [verb, bench["photo.png"], "--model", bench[model], "--preprocessing", "unit"] + arguments)
  }

  @Test func aMapAsOutputHasNoClasses() async throws {
    let sentence =
      "\(bench["seg.h5"]): output \"seg\" has shape (12, 12, 2), wanted one row of class scores. For a map or a list, "
      + "explain one position of it: --target \"position(y, x, channel)\"; or name an output that gives class scores with "
      + "--output-layer"
    #expect(await run("predict", "seg.h5").complaint == "error: \(sentence)")
    #expect(await run("explain", "seg.h5", "--output", bench["maps"]).complaint == "error: \(sentence)")
    #expect(await run("compare", "seg.h5", "--output", bench["f.png"]).complaint == "error: \(sentence)")
    let inspected = await CommandRun("inspect", bench["seg.h5"])
    #expect(inspected.exitCode == 0 && inspected.output.contains("wanted one row of class scores"))
    #expect(!inspected.output.contains("288"))
    try bench.write(
      "name: tiny\nmodels: [seg.h5]\nimages: photo.png\nmethods: [gradient]\nmetrics: [sparseness]\n",
      to: "e.yaml")
    try bench.write("preprocessing: unit\n", to: "seg.yaml")
    let dry = await CommandRun("bench", bench["e.yaml"], "--output", bench["run"], "--dry-run")
    #expect(dry.exitCode == 1)
    #expect(dry.complaint.contains("e.yaml:2: ") && dry.complaint.contains("wanted one row of class scores"))
    let shown = await CommandRun(
      "reproduce", "everyday-objects", "--model", bench["seg.h5"], "--preprocessing", "unit", "--images",
      bench["photo.png"], "--output", bench["out"], "--format", "svg")
    #expect(shown.exitCode == 1 && shown.errors.contains("wanted one row of class scores"), "\(shown.errors)")
  }

  @Test func aPositionOfAMapIsExplained() async throws {
    let explained = await run(
      "explain", "seg.h5", "--output", bench["maps"], "--target", "position(3, 4, 1),nll(position(3,4,1))",
      "--methods", "gradient,grad-cam", "--json")
    #expect(explained.exitCode == 0, "\(explained.errors)")
    #expect(explained.output.contains("\"label\" : \"logit(position(3, 4, 1))\""), "\(explained.output)")
    #expect(!explained.output.contains("\"target\" :"), "a position is no class")
    #expect(FileManager.default.fileExists(atPath: bench["maps/photo_nll-position-3-4-1_gradient.png"]))
    let outside = await run("compare", "seg.h5", "--output", bench["f.png"], "--target", "position(12, 0, 0)")
    #expect(
      outside.complaint
        == "error: target \"position(12, 0, 0)\": output \"seg.linear\" of seg has shape (12, 12, 2), wanted "
        + "position(y, x, channel) within it")
    try bench.write(
      "name: tiny\nmodels: [seg.h5]\nimages: photo.png\ntargets: \"position(3, 4, 1)\"\nmethods: [gradient]\n"
        + "metrics: [sparseness, deletion(step=24), pointing-game]\ncontrols: none\n"
        + "statistics: { resamples: 200, permutations: 200 }\n",
      to: "e.yaml")
    try bench.write("preprocessing: unit\n", to: "seg.yaml")
    let ran = await CommandRun("bench", bench["e.yaml"], "--output", bench["run"])
    #expect(ran.exitCode == 0, "\(ran.errors)")
    let rows = try String(contentsOfFile: bench["run/rows.csv"], encoding: .utf8)
    #expect(
      rows.contains("\"position(3, 4, 1)\",photo.png,,\"logit(position(3, 4, 1))\",,gradient,deletion"),
      "\(rows)")
  }

  @Test func aRegressionsOutputIsNoProbability() async throws {
    let predicted = await run("predict", "regression.h5")
    #expect(predicted.output.contains(" output  index") && !predicted.output.contains("probability"))
    let compared = await run("compare", "regression.h5", "--output", bench["f.svg"], "--methods", "gradient")
    #expect(compared.exitCode == 0, "\(compared.errors)")
    let figure = try String(contentsOfFile: bench["f.svg"], encoding: .utf8)
    #expect(figure.contains("regression: explains the output"))
    #expect(figure.contains(">output = ") && !figure.contains("softmax") && !figure.contains("p = "))
    let inspected = await CommandRun("inspect", bench["regression.h5"])
    #expect(!inspected.output.contains("softmax"))
  }

  @Test func aSigmoidIsNoSoftmax() async throws {
    let compared = await run("compare", "sigmoid.h5", "--output", bench["f.svg"], "--methods", "gradient")
    #expect(compared.exitCode == 0, "\(compared.errors)")
    let figure = try String(contentsOfFile: bench["f.svg"], encoding: .utf8)
    #expect(figure.contains("sigmoid: explains the logit before the sigmoid") && figure.contains("p = "))
    #expect(!figure.contains("softmax"))
    let output = await run(
      "compare", "sigmoid.h5", "--output", bench["g.svg"], "--methods", "gradient", "--score", "output")
    #expect(output.exitCode == 0)
    #expect(try String(contentsOfFile: bench["g.svg"], encoding: .utf8).contains("explains the probability"))
    #expect(await CommandRun("inspect", bench["sigmoid.h5"]).output.contains("the logit before the sigmoid"))
  }

  /// Average drop is relative to a probability; the other metrics measure the output as it is.
  @Test func metricsOfARegression() async throws {
    try bench.write("preprocessing: unit\n", to: "regression.yaml")
    try bench.write(
      """
      name: tiny
      models: [regression.h5]
      images: photo.png
      methods: [gradient]
      metrics: [average-drop, deletion(step=24)]
      statistics: { resamples: 200, permutations: 200 }
      maps: all
      figure: { rows: image, columns: method, images: 1 }
      """, to: "e.yaml")
    let run = await CommandRun("bench", bench["e.yaml"], "--output", bench["run"])
    #expect(run.exitCode == 0, "\(run.errors)")
    let rows = try String(contentsOfFile: bench["run/rows.csv"], encoding: .utf8)
    #expect(rows.contains("a single number without a sigmoid, which is no probability"))
    #expect(rows.contains("regression.h5,top,photo.png,0,0,,gradient,"), "no probability: \(rows)")
    #expect(rows.contains("deletion"))
    let report = try String(contentsOfFile: bench["run/report.html"], encoding: .utf8)
    #expect(!report.contains("class probability"))
  }

  @Test func aRankingWithNaN() async throws {
    let predicted = await run("predict", "nan.h5")
    #expect(predicted.exitCode == 0)
    let places = predicted.output.split(separator: "\n").map {
      $0.split(separator: " ").map(String.init)
    }.filter { $0.first == "3" }
    #expect(places.last?[1] == "nan" && places.last?[2] == "0", "\(predicted.output)")
    #expect(
      predicted.complaint
        == "warning: \(bench["photo.png"]): output \"value\" is NaN for 1 of 3 classes, which are listed last. Check the "
        + "preprocessing, and the weights for NaN and infinity")
    for target in ["top", "1"] {
      let explained = await run("explain", "nan.h5", "--output", bench["maps"], "--target", target)
      #expect(explained.exitCode == 1)
      #expect(explained.errors.contains("output \"value\" is NaN for 1 of 3 classes"), "\(explained.errors)")
    }
  }
}
