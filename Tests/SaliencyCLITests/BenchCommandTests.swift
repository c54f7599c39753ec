import Bench
import Foundation
import Testing

/// The commands `bench`, `tables` and `report` on a small experiment.
@Suite struct BenchCommandTests {
  static let experiment = """
    name: tiny
    models: [gap.h5, vgg.h5]
    images: pictures
    targets: [top, star]
    methods: [gradient, cam, smooth-grad(samples=6)]
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
    #expect(Set(files).isSubset(of: RunFolder("").outputs + ["figures"]), "\(files)")
    #expect(try bench.contents(of: "run/figures").contains("panels_gap-h5_top.png"))
    let manifest = try String(contentsOfFile: bench["run/manifest.json"], encoding: .utf8)
    #expect(manifest.contains(#/"inputs" : "[0-9a-f]{64}"/#))
    #expect(
      manifest.contains("\"program\" : \"saliency 0.1.0\"") && !manifest.contains(bench.path + "/pictures"))

    let again = await CommandRun("bench", bench["e.yaml"], "--output", bench["run"], "--json")
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [String: Any])
    #expect(record["units"] as? Int == 96 && record["found"] as? Int == 96 && record["failed"] as? Int == 0)

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

  @Test func aDryRunDoesNothing() async throws {
    let bench = try Self.bench()
    let run = await CommandRun(
      "bench", bench["e.yaml"], "--output", bench["run"], "--dry-run", "--memory", "4G", "--jobs", "1")
    #expect(run.exitCode == 0)
    for line in [
      "images: 4", "methods: 3, controls: 3, metrics: 2", "questions (model, image, target): 16",
      "units of work (question, method): 96", "workers: 1",
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
