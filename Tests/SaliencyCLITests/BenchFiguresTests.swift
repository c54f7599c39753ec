import Foundation
import Testing

/// `bench` with an experiment that has figures of its own.
@Suite struct BenchFiguresTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private func write(_ more: String, to name: String) throws {
    try bench.write(
      """
      name: \(name)
      models: scenes-gap
      images: scenes-test[0..<3]
      \(more)
      figures:
        - name: areas
          kind: table
          rows: { methods: [grad-cam, gradient] }
          over: { images: all }
          columns: [{ measure: relevance-mass }]
        - { name: maps, kind: panels, rows: { images: all }, columns: [{ show: picture }, { method: grad-cam }] }
      """, to: "\(name).yaml")
  }

  private func file(_ path: String) throws -> String {
    try String(contentsOfFile: bench[path], encoding: .utf8)
  }

  @Test func figuresAlone() async throws {
    try write("", to: "figures")
    let run = await CommandRun(["bench", bench["figures.yaml"], "--output", bench["run"]])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.hasPrefix("\(bench["run"]): 0 of 0 units"), "\(run.output)")
    let files = Set(try bench.contents(of: "run/figures"))
    #expect(files == ["areas.csv", "areas.md", "maps.png", "maps.svg", "maps.pdf"])
    #expect(!FileManager.default.fileExists(atPath: bench["run/table.csv"]))
    let again = await CommandRun(["reproduce", bench["figures.yaml"], "--output", bench["out"]])
    #expect(again.exitCode == 0, "\(again.errors)")
    for name in ["areas.csv", "areas.md"] {
      #expect(try file("run/figures/\(name)") == file("out/figures/\(name)"))
    }
  }

  @Test func figuresBesideABenchmark() async throws {
    try write("methods: grad-cam\nmetrics: relevance-mass\ncontrols: none", to: "both")
    let run = await CommandRun(["bench", bench["both.yaml"], "--output", bench["run"]])
    #expect(run.exitCode == 0, "\(run.errors)")
    let table = try file("run/table.csv").split(separator: "\n").map { $0.split(separator: ",") }
    let figure = try file("run/figures/areas.csv").split(separator: "\n").map { $0.split(separator: ",") }
    let mean = try #require(table[0].firstIndex(of: "mean"))
    #expect(table[1][mean] == figure[1][2], "the same metric over the same images")
    let report = await CommandRun(["report", bench["run"]])
    #expect(report.exitCode == 0, "\(report.errors)")
  }
}
