import Bench
import Configuration
import Foundation
import SaliencyCore
import Testing

@testable import Metrics

/// The commands `bench`, `tables` and `report` on a small experiment.
@Suite struct BenchCommandTests {
  static let experiment = """
    name: tiny
    models: [gap.h5, vgg.h5]
    images: pictures
    targets: [top, star]
    methods: [gradient, cam, smooth-grad(samples=6)]
    controls: [random, centre, sobel]
    metrics: [sparseness, deletion(step=24)]
    seed: 2
    statistics: { resamples: 200, permutations: 500 }
    figure: { rows: image, columns: method, images: 1 }
    """

  static func bench() throws -> Workbench {
    let bench = try Workbench()
    for name in ["gap", "vgg"] {
      try bench.write("preprocessing: unit\nlabels: [circle, square, star]\n", to: "\(name).yaml")
    }
    try FileManager.default.createDirectory(atPath: bench["pictures"], withIntermediateDirectories: true)
    for i in 0..<4 { try bench.picture(named: "pictures/\(i).png", width: 18 + i, height: 14) }
    try bench.write(experiment, to: "e.yaml")
    return bench
  }

  /// Two of four images, one of three methods and three controls, one of two metrics.
  @Test func aPartOfAnExperimentIsRun() async throws {
    let bench = try Self.bench()
    let part = [
      "bench", bench["e.yaml"], "--output", bench["part"], "--limit", "2", "--methods", "gradient,random",
      "--metrics", "sparseness",
    ]
    let run = await CommandRun(part)
    #expect(run.exitCode == 0 && run.errors == "", "\(run.errors)")
    #expect(run.output.hasPrefix("\(bench["part"]): 16 of 16 units, "), "\(run.output)")
    let table = await CommandRun("tables", bench["part"], "--format", "csv")
    #expect(table.output.split(separator: "\n").count == 9, "\(table.output)")
    let unknown = await CommandRun("bench", bench["e.yaml"], "--methods", "gradint")
    #expect(unknown.exitCode == 64)
    #expect(
      unknown.complaint.contains(
        "--methods: the experiment has no method \"gradint\"; did you mean \"gradient\"?"),
      "\(unknown.errors)")
    #expect(await CommandRun("bench", bench["e.yaml"], "--limit", "0").exitCode == 64)
  }

  @Test func partsOfTheTablesArePrinted() async throws {
    let bench = try Self.bench()
    let run = await CommandRun("bench", bench["e.yaml"], "--output", bench["run"])
    #expect(run.exitCode == 0, "\(run.errors)")
    let whole = await CommandRun("tables", bench["run"], "--format", "csv").output.split(separator: "\n")
    let part = await CommandRun(
      "tables", bench["run"], "--format", "csv", "--model", "gap.h5", "--target", "top", "--methods",
      "gradient,smooth-grad", "--methods", "sobel", "--metrics", "deletion")
    #expect(part.exitCode == 0, "\(part.errors)")
    let lines = part.output.split(separator: "\n")
    #expect(lines.count == 4 && lines.allSatisfy(whole.contains), "\(part.output)")
    for format in ["markdown", "latex", "json"] {
      let text = await CommandRun("tables", bench["run"], "--format", format, "--methods", "gradient").output
      #expect(text.contains("Gradient") && !text.contains("Sobel"), "\(text)")
    }
    let unknown = await CommandRun("tables", bench["run"], "--metrics", "deleton")
    #expect(unknown.exitCode == 64)
    #expect(unknown.complaint.contains("the run has no metric \"deleton\"; did you mean"))
    let two = await CommandRun(
      "tables", bench["run"], "--format", "csv", "--images", "[01]*", "--target", "star", "--methods",
      "gradient", "--metrics", "sparseness")
    let counts = two.output.split(separator: "\n").dropFirst().map { $0.split(separator: ",")[7] }
    #expect(two.exitCode == 0 && counts == ["2", "2"], "\(two.errors)\(two.output)")
    let none = await CommandRun("tables", bench["run"], "--images", "nine*")
    #expect(
      none.exitCode == 64 && none.complaint.contains("the run has no image \"nine*\""), "\(none.errors)")
  }

  @Test func verboseRunsPrintThePlan() async throws {
    let bench = try Self.bench()
    let run = await CommandRun(
      "bench", bench["e.yaml"], "--output", bench["run"], "--limit", "1", "--metrics", "sparseness",
      "--verbose")
    #expect(run.exitCode == 0 && run.errors.contains("methods: 3, controls: 3, metrics: 1"), "\(run.errors)")
    let both = await CommandRun("bench", bench["e.yaml"], "--verbose", "--quiet")
    #expect(
      both.exitCode == 64 && both.complaint.contains("--quiet and --verbose are given"), "\(both.errors)")
  }

  @Test func aRunWritesItsFiles() async throws {
    let bench = try Self.bench()
    let run = await CommandRun("bench", bench["e.yaml"], "--output", bench["run"], "--jobs", "2")
    #expect(run.exitCode == 0 && run.errors == "", "\(run.errors)")
    // Four pictures, two targets, two models, three methods and three controls.
    #expect(run.output.hasPrefix("\(bench["run"]): 96 of 96 units, "))
    let files = try bench.contents(of: "run")
    for file in [
      "agreement.csv", "cost.csv", "curves.csv", "failures.csv", "manifest.json", "report.html", "rows.csv",
      "store.sqlite", "table.csv", "table.json", "table.md", "table.tex",
    ] { #expect(files.contains(file)) }
    // What `bench` refuses to write over is all that it writes.
    let stored = files.filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }
    #expect(Set(stored).isSubset(of: RunFolder("").outputs + ["figures"]), "\(files)")
    #expect(try bench.contents(of: "run/figures").contains("panels_gap-h5_top.png"))
    let manifest = try String(contentsOfFile: bench["run/manifest.json"], encoding: .utf8)
    #expect(manifest.contains(#/"inputs" : "[0-9a-f]{64}"/#))
    #expect(
      manifest.contains("\"program\" : \"saliency 0.1.0\"") && !manifest.contains(bench.path + "/pictures"))

    let again = await CommandRun("bench", bench["e.yaml"], "--output", bench["run"], "--json")
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [String: Any])
    let found = try #require(record["found"] as? Int) + #require(record["shared"] as? Int)
    #expect(record["units"] as? Int == 96 && found == 96 && record["failed"] as? Int == 0)

    for (format, file) in [
      ("csv", "table.csv"), ("markdown", "table.md"), ("latex", "table.tex"), ("json", "table.json"),
    ] {
      let tables = await CommandRun("tables", bench["run"], "--format", format)
      #expect(try tables.output == String(contentsOfFile: bench["run/" + file], encoding: .utf8), "\(format)")
    }
    let before = try String(contentsOfFile: bench["run/report.html"], encoding: .utf8)
    try FileManager.default.removeItem(atPath: bench["run/report.html"])
    let report = await CommandRun("report", bench["run"])
    #expect(report.exitCode == 0 && report.output.contains(bench["run/report.html"]))
    #expect(try String(contentsOfFile: bench["run/report.html"], encoding: .utf8) == before)
  }

  /// What `bench` and `report` know, `tables` knows.
  @Test func tablesKnowMetricsOfAnotherPackage() async throws {
    let bench = try Self.bench()
    let text = Self.experiment.replacing("[sparseness,", with: "[highest-value, sparseness,")
    try bench.write(text.replacing("[gap.h5, vgg.h5]", with: "gap.h5"), to: "own.yaml")
    let metrics = MetricCatalog.standard.adding(HighestValue.self)
    let run = await CommandRun(["bench", bench["own.yaml"], "--output", bench["run"]], metrics: metrics)
    #expect(run.exitCode == 0, "\(run.errors)")
    let tables = await CommandRun(["tables", bench["run"]], metrics: metrics)
    #expect(tables.exitCode == 0 && tables.output.contains("Highest value"), "\(tables.errors)")
  }

  @Test func aTargetThatNoModelHasIsAnErrorBeforeTheRun() async throws {
    let bench = try Self.bench()
    try bench.write(Self.experiment.replacing("[top, star]", with: "trueth"), to: "bad.yaml")
    for flags in [["--dry-run"], []] {
      let run = await CommandRun(["bench", bench["bad.yaml"], "--output", bench["run"]] + flags)
      #expect(
        run.exitCode == 1
          && run.complaint
            == "error: \(bench["bad.yaml"]):4: target \"trueth\": no model has a class of this name; "
            + "did you mean \"truth\"?"
      )
    }
    #expect(!FileManager.default.fileExists(atPath: bench["run"]))
  }

  @Test func aRunOfWhichAWholePartFailedEndsWithOne() async throws {
    let bench = try Self.bench()
    for i in 0..<4 { try bench.write("no picture", to: "pictures/\(i).png") }
    let run = await CommandRun("bench", bench["e.yaml"], "--output", bench["run"])
    #expect(run.exitCode == 1 && run.output.contains("96 of 96 units, 96 failed"))
    #expect(
      run.complaint.hasPrefix("error: \(bench["run"]): all of image set \"pictures\" failed: "),
      "\(run.errors)")
    #expect(FileManager.default.fileExists(atPath: bench["run/failures.csv"]), "the tables are written")
  }

  @Test func everyProblemOfAFileHasALine() async throws {
    let bench = try Self.bench()
    try bench.write(
      Self.experiment.replacing("gradient,", with: "gradiant,").replacing("seed:", with: "sed:"),
      to: "bad.yaml")
    let run = await CommandRun("bench", bench["bad.yaml"])
    let lines = run.errors.split(separator: "\n")
    #expect(run.exitCode == 1 && lines.count == 2)
    #expect(lines.allSatisfy { $0.hasPrefix("error: \(bench["bad.yaml"]):") }, "\(run.errors)")
  }

  @Test func aDryRunDoesNothing() async throws {
    let bench = try Self.bench()
    let run = await CommandRun(
      "bench", bench["e.yaml"], "--output", bench["run"], "--dry-run", "--memory", "4G", "--jobs", "1")
    #expect(run.exitCode == 0)
    for line in [
      "images: 4", "methods: 3, controls: 3, metrics: 2", "requests (model, image, target): 16",
      "units of work (request, method): 96", "workers: 1",
    ] {
      #expect(run.output.contains(line + "\n") || run.output.hasSuffix(line + "\n"), "\(line): \(run.output)")
    }
    #expect(!FileManager.default.fileExists(atPath: bench["run"]))
  }

  @Test func whatIsWrongIsOneLine() async throws {
    let bench = try Self.bench()
    try bench.write("", to: "file")
    func complaint(_ arguments: String...) async -> String {
      let run = await CommandRun(["bench"] + arguments)
      #expect(run.exitCode != 0)
      return run.complaint.replacingOccurrences(of: bench.path, with: "B")
    }
    func changed(_ old: String, _ new: String) throws -> String {
      try bench.write(Self.experiment.replacingOccurrences(of: old, with: new), to: "bad.yaml")
    }
    #expect(
      await complaint(bench["e.yml"])
        == "error: B/e.yml: no such file; wanted a text file; did you mean \"B/e.yaml\"?")
    #expect(
      try await complaint(changed("gradient, cam", "gradiant, cam")).hasPrefix(
        "error: B/bad.yaml:5: no method is called \"gradiant\"; did you mean \"gradient\"?"))
    #expect(
      try await complaint(changed("gap.h5, vgg.h5", "gapp.h5")).hasPrefix(
        "error: B/bad.yaml:2: gapp.h5: no such file"))
    #expect(
      try await complaint(changed("images: pictures", "images: photos"))
        == "error: B/bad.yaml:3: photos: no such folder, and no bundled set of images has the name "
        + "(bundled: scenes-test, scenes-hans)")
    #expect(
      await complaint(bench["e.yaml"], "--output", bench["file"] + "/run")
        == "error: B/file/run: results cannot be written here (B/file is a file); choose another folder with --output"
    )
    #expect(
      await complaint(bench["e.yaml"], "--output", bench["run"], "--memory", "2M").hasPrefix(
        "error: --memory: 2 MB are too little for gap.h5, which needs about "))
    #expect(
      await complaint(bench["e.yaml"], "--jobs", "0").hasPrefix("error: --jobs: found 0, wanted at least 1"))
    #expect(
      await complaint(bench["e.yaml"], "--memory", "much").hasPrefix("error: The value 'much' is invalid"))
    let tables = await CommandRun("tables", bench["pictures"])
    #expect(
      tables.complaint
        == "error: \(bench["pictures"]): no store of results (there is no store.sqlite; wanted the folder of a run)"
    )
  }
}

/// A metric that another package could bring.
private struct HighestValue: Metric {
  static let descriptor = MetricDescriptor(
    "highest-value", title: "Highest value", category: .complexity, direction: .none, paper: "example")

  func score(_ subject: Subject) throws -> Score { Score(Double(subject.map.values.max() ?? 0)) }
}
