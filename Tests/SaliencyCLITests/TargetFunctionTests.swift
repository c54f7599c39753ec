import Foundation
import HDF5
import Testing

/// Targets that are more than a class: `--target "difference(star, disc)"`.
@Suite struct TargetFunctionTests {
  private let bench: Workbench

  init() throws {
    bench = try Workbench()
    try FunctionalModel.pooled(activation: "softmax", units: 3).write(output: "value", to: bench["three.h5"])
    try bench.write("disc\nstar, étoile\nbox\n", to: "three.txt")
  }

  private func explain(_ target: String, _ more: String...) async -> CommandRun {
    await CommandRun(
      [
        "explain", bench["photo.png"], "--model", bench["three.h5"], "--preprocessing", "unit", "--labels",
        bench["three.txt"], "--methods", "gradient", "--output", bench["maps"], "--target", target,
      ] + more)
  }

  @Test func theyAreRecordedAsTheyAreWritten() async throws {
    let run = await explain("difference(\"star, étoile\", disc),nll(box),probability(star),star", "--json")
    #expect(run.exitCode == 0, "\(run.errors)")
    var file = try HDF5Reader(path: bench["maps/maps.h5"])
    func target(_ group: String) -> String? { file.index.string("target", of: "photo/\(group)") }
    #expect(target("difference-star-étoile-disc") == "difference(\"star, étoile\", disc)")
    #expect(target("nll-box") == "nll(box)" && target("1-star") == "logit(\"star, étoile\")")
    #expect(target("probability-star-étoile") == "probability(\"star, étoile\")")
    // The gradient of -log p is that of p, divided by -p.
    let loss = try file.floats(at: "photo/nll-box/gradient/attribution")
    #expect(loss.contains { $0 != 0 })
  }

  @Test func twoSpellingsOfOneNumberAreOneRow() async throws {
    let run = await explain("star,logit(1),index:1", "--json")
    #expect(
      run.exitCode == 0 && run.output.components(separatedBy: "\"method\" :").count == 2, "\(run.output)")
    let output = await explain("star,probability(star)", "--json", "--score", "output")
    #expect(output.output.components(separatedBy: "\"method\" :").count == 2, "\(output.output)")
  }

  @Test(arguments: [
    (
      "difference(star)", "target \"difference(star)\": expected difference(a, b) or difference(a, b, weight)"
    ),
    ("mean(star, 3)", "target 3: the model has 3 classes, wanted an index from 0 to 2"),
    ("nll(ster)", "target \"ster\": no class of this name among the model's 3 (disc, star, étoile, box)"),
  ])
  func whatCannotBeReadIsAnError(_ target: String, _ sentence: String) async throws {
    let run = await explain(target)
    #expect(run.exitCode == 1 && run.complaint == "error: \(sentence)")
  }

  @Test func theFigureNamesThem() async throws {
    let run = await CommandRun(
      "compare", bench["photo.png"], "--model", bench["three.h5"], "--preprocessing", "unit", "--labels",
      bench["three.txt"], "--methods", "gradient", "--output", bench["f.svg"], "--target",
      "difference(box, disc)")
    #expect(run.exitCode == 0, "\(run.errors)")
    let figure = try String(contentsOfFile: bench["f.svg"], encoding: .utf8)
    #expect(figure.contains("difference(box,") && figure.contains("explains what each row names"))
  }
}
