import Foundation
import Testing

/// `--memory`: the process stays below it, as the system counts, and computes the same.
@Suite(
  .serialized,
  .enabled(if: BenchProcess.program != nil, "skipped: the program was not built beside the tests"))
struct BenchMemoryTests {
  static let experiment = """
    name: memory
    models: [scenes-gap, scenes-vgg]
    images: scenes-test[199..<201]
    methods: [gradient, grad-cam, smooth-grad(samples=20)]
    metrics: [deletion(step=1500), infidelity, random-logit, { metric: cascading-randomisation, images: 1 }]
    statistics: { resamples: 200, permutations: 500 }
    gallery: 0
    """

  @Test func thePeakStaysBelowTheBudget() throws {
    let bench = try Workbench()
    try bench.write(Self.experiment, to: "e.yaml")
    var tables: [Data?] = []
    for (i, megabytes) in [180, 260, 1000].enumerated() {
      let run = try BenchKillTests.run(
        bench, to: "run\(i)", ["--memory", "\(megabytes)M", "--jobs", "4", "--json"])
      let ended = run.finish()
      #expect(ended.status == 0, "\(ended.text)")
      let record = try JSONSerialization.jsonObject(with: Data(ended.text.utf8)) as? [String: Any]
      let peak = try #require(record?["peakMegabytes"] as? Double)
      #expect(peak < Double(megabytes), "\(peak) MB with --memory \(megabytes)M")
      tables.append(FileManager.default.contents(atPath: bench["run\(i)/table.csv"]))
    }
    #expect(tables[0] != nil && Set(tables).count == 1)
  }
}
