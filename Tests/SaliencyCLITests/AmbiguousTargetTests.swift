import Foundation
import Testing

/// Labels that are numbers, or words with a meaning of their own.
@Suite struct AmbiguousTargetTests {
  private let bench: Workbench

  init() throws {
    bench = try Workbench()
    try FunctionalModel.pooled(activation: "softmax", units: 5).write(output: "value", to: bench["five.h5"])
    try bench.write("top\nleast\n4\n1\n0\n", to: "five.txt")
  }

  private func targets(_ target: String) async throws -> CommandRun {
    await CommandRun(
      "explain", bench["photo.png"], "--model", bench["five.h5"], "--preprocessing", "unit", "--labels",
      bench["five.txt"], "--methods", "gradient", "--output", bench["maps"], "--target", target, "--json")
  }

  @Test(arguments: [
    (
      "4",
      "target \"4\": found the index of class \"0\" and the name of class 2, wanted one class. Write index:4 or label:4"
    ),
    (
      "top",
      "target \"top\": found a rank among the predictions and the name of class 0, wanted one class. Write rank:1 or label:top"
    ),
    (
      "least",
      "target \"least\": found a rank among the predictions and the name of class 1, wanted one class. "
        + "Write rank:-1 or label:least"
    ),
  ])
  func twoReadingsAreRefused(_ target: String, _ sentence: String) async throws {
    let run = try await targets(target)
    #expect(run.exitCode == 1)
    #expect(run.complaint == "error: \(sentence)")
  }

  @Test(arguments: [
    ("index:4", 4), ("label:4", 2), ("label:top", 0), ("index:2", 2), ("2", 2), ("Label:1", 3),
  ])
  func aSpellingForEach(_ target: String, _ index: Int) async throws {
    let run = try await targets(target)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(
      run.output.contains(/"target" : \d+/) && run.output.contains("\"target\" : \(index)\n"), "\(run.output)"
    )
  }

  @Test func theDefaultIsTheTopPrediction() async throws {
    let run = await CommandRun(
      "explain", bench["photo.png"], "--model", bench["five.h5"], "--preprocessing", "unit", "--labels",
      bench["five.txt"], "--methods", "gradient", "--output", bench["maps"])
    #expect(run.exitCode == 0, "\(run.errors)")
  }

  @Test func experimentsAndFiguresRefuseItToo() async throws {
    let reproduced = await CommandRun(
      "reproduce", "everyday-objects", "--model", bench["five.h5"], "--preprocessing", "unit", "--labels",
      bench["five.txt"], "--images", bench["photo.png"], "--target", "4", "--output", bench["out"])
    #expect(
      reproduced.exitCode == 1 && reproduced.errors.contains("Write index:4 or label:4"),
      "\(reproduced.errors)")
    try bench.write("preprocessing: unit\nlabels: five.txt\n", to: "five.yaml")
    for (target, isRefused) in [("4", true), ("index:4", false), ("label:4", false)] {
      try bench.write(
        "name: t\nmodels: [five.h5]\nimages: photo.png\ntargets: [\"\(target)\"]\nmethods: [gradient]\nmetrics: [sparseness]\n",
        to: "e.yaml")
      let run = await CommandRun("bench", bench["e.yaml"], "--output", bench["run-\(target)"])
      let rows =
        (try? String(contentsOfFile: bench["run-\(target)/rows.csv"], encoding: .utf8)) ?? ""
      let text =
        run.output + run.errors + rows
        + ((try? String(contentsOfFile: bench["run-\(target)/failures.csv"], encoding: .utf8)) ?? "")
      #expect(text.contains("Write index:4 or label:4") == isRefused, "\(target): \(text)")
    }
  }
}
