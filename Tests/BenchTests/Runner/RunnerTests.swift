import Foundation
import GRDB
import Imaging
import Methods
import SaliencyCore
import Support
import Testing

@testable import Bench

@Suite struct RunnerTests {
  @Test func everythingIsAnswered() throws {
    let tiny = try TinyRun()
    let summary = try tiny.run(tiny.experiment())
    // Top: 3 images; annotated: 1 + 2 + 1 classes; two models, four methods.
    #expect(summary.progress.total == 56 && summary.progress.done == 56)
    #expect(summary.progress.failed == 0 && !summary.wasStopped)
    let results = try tiny.tables().results
    #expect(
      results.settings.map { "\($0.modelName) \($0.target)" } == [
        "gap top", "gap annotated", "vgg top", "vgg annotated",
      ])
    #expect(results.settings.map(\.questions.count) == [3, 4, 3, 4])
    #expect(results.methods.map(\.name) == ["gradient", "cam", "smooth-grad(samples=4)", "random"])
    #expect(results.columns.map(\.name).prefix(2) == ["sparseness", "deletion(step=32)"])
    let annotated = results.settings[1]
    #expect(
      annotated.questions.map(\.target) == [
        "annotated:disc", "annotated:disc", "annotated:star", "annotated:ghost",
      ])
    #expect(annotated.questions[3].state == .skipped("the model has no class \"ghost\""))
    #expect(annotated.questions[1].asked?.classIndex == 0 && annotated.questions[2].asked?.classIndex == 1)
    // Every question that was asked has a number from every method that suits the model.
    for setting in results.settings {
      for (m, method) in results.methods.enumerated() {
        for (q, question) in setting.questions.enumerated() where question.asked != nil {
          let suits = method.name != "cam" || setting.modelName == "gap"
          #expect(setting.outcome(m, 0, q) == (suits ? .done : .notApplicable))
          #expect(setting.values[m][0][q].isNaN == !suits)
        }
      }
    }
    #expect(results.settings[2].reason(1, metric: 0, 0)?.contains("CAM needs global average pooling") == true)
    #expect(
      results.settings[0].units[0][0]?.passes == Passes(forward: 0, backward: 1),
      "the shared pass is not counted")
    #expect(results.settings[0].units[2][0]?.passes == Passes(forward: 4, backward: 4))
    #expect(results.costs[0].allSatisfy { $0 != nil } && results.costs[1][1] == nil)
  }

  /// The bytes of every table that says nothing of time.
  static func bytes(_ tables: RunTables) -> [String] {
    [
      tables.tableCSV, tables.rowsCSV, MarkdownTable.text(tables), LaTeXTable.text(tables),
      JSONTable.text(tables),
      tables.agreementCSV, tables.failuresCSV,
    ]
  }

  @Test func neitherThreadsNorBatchesNorMemoryChangeAByte() throws {
    let tiny = try TinyRun()
    let experiment = try tiny.experiment()
    try tiny.run(experiment, options: .init(jobs: 1))
    let reference = try Self.bytes(tiny.tables())
    // A limit that binds is tested in a process of its own (`BenchMemoryTests`): what this one holds depends on what else it tests.
    for (i, options) in [Runner.Options(jobs: 3), .init(jobs: 2, memory: 8 << 30)].enumerated() {
      let output = tiny.output + "\(i)"
      try tiny.run(experiment, output: output, options: options)
      #expect(try Self.bytes(tiny.tables(output: output)) == reference)
    }
  }

  @Test func aSecondRunRepeatsNothing() throws {
    let tiny = try TinyRun()
    try tiny.run(tiny.experiment())
    let before = try Self.bytes(tiny.tables())
    let again = try tiny.run(tiny.experiment())
    #expect(again.progress.found == 56 && again.progress.done == 56)
    #expect(try Self.bytes(tiny.tables()) == before)
  }

  @Test func aRunThatIsStoppedGoesOn() throws {
    let whole = try TinyRun()
    try whole.run(whole.experiment())
    let tiny = try TinyRun()
    var parts = 0
    while true {
      let runner = try tiny.runner(tiny.experiment())
      let stopper = Thread {
        // After at least one more unit.
        while runner.progress.done - runner.progress.found < 5 { usleep(200) }
        runner.stop()
      }
      stopper.start()
      let summary = try runner.run()
      #expect(try runner.store.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM claims") } == 0)
      parts += 1
      if !summary.wasStopped || summary.progress.done == summary.progress.total { break }
    }
    #expect(parts > 1)
    #expect(try Self.bytes(tiny.tables()) == Self.bytes(whole.tables()))
  }

  @Test func twoAtOneStoreShareTheWork() throws {
    let tiny = try TinyRun()
    let experiment = try tiny.experiment()
    let first = try tiny.runner(experiment, options: .init(jobs: 1))
    // Another living process, as far as the claims can tell.
    let parent = try #require(ProcessIdentityTests.parent)
    let other = try ResultStore(path: tiny.output + "/store.sqlite", owner: parent)
    try other.begin(plan: first.plan.digest, describing: ["experiment": experiment.canonicalJSON])
    let held = first.share.places[2]
    #expect(try other.take(.place(held)))
    let helper = Thread {
      while first.progress.done < 52 { usleep(1_000) }
      usleep(100_000)
      try? other.releaseAll()
    }
    helper.start()
    let summary = try first.run()
    #expect(summary.progress.done == 56, "what the other gave up is done in the end")
    let claims = try other.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM claims") }
    #expect(claims == 0)
  }

  @Test func anExperimentThatGrowsKeepsWhatItHas() throws {
    let tiny = try TinyRun()
    try tiny.run(tiny.experiment { $0.replacing("metrics: [sparseness, ", with: "metrics: [") })
    let units = try RunFolder(tiny.output).store().read {
      try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM units")
    }
    let summary = try tiny.run(tiny.experiment())
    #expect(summary.progress.done == 56)
    let store = try RunFolder(tiny.output).store()
    #expect(
      try store.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM units") } == units, "no unit is new")
    let fresh = try TinyRun()
    try fresh.run(fresh.experiment())
    #expect(try Self.bytes(tiny.tables()) == Self.bytes(fresh.tables()))
  }

  @Test func whatFailsIsARowWithItsReason() throws {
    let tiny = try TinyRun()
    let catalogs = Catalogs(
      methods: .standard.adding(FailingMethod.self), metrics: .standard.adding(FailingMetric.self))
    try tiny.folder.write("no picture", to: "data/b.png")
    let experiment = try tiny.experiment(
      {
        $0.replacing("[gradient,", with: "[failing-method, gradient,").replacing(
          "[sparseness,", with: "[failing-metric, sparseness,")
      },
      catalogs: catalogs)
    let summary = try tiny.run(experiment)
    #expect(summary.progress.done == summary.progress.total && summary.progress.failed > 0)
    let tables = try tiny.tables(catalogs)
    let failures = tables.failures.filter { $0.outcome == .failed && $0.model == "gap" && $0.target == "top" }
    #expect(
      failures.map { "\($0.method) \($0.metric) \($0.times) \($0.firstImage)" } == [
        "failing-method  2 a.png", "gradient failing-metric 2 a.png", "cam failing-metric 2 a.png",
        "smooth-grad(samples=4) failing-metric 2 a.png", "random failing-metric 2 a.png", "  1 b.png",
      ])
    #expect(failures.last?.reason.contains("b.png") == true)
    #expect(
      failures[0].reason == "this method always fails" && failures[1].reason == "this metric always fails")
    let table = tables.tables[0]
    #expect(table.cells[0][1].failed == 3 && table.cells[0][1].count == 0)
    #expect(table.cells[1][1].failed == 1 && table.cells[1][1].count == 2)
    // The file comes back: only its questions are asked again.
    let other = try TinyRun()
    let data = try #require(FileManager.default.contents(atPath: other.folder.path + "/data/b.png"))
    try tiny.folder.write(data, to: "data/b.png")
    let again = try tiny.run(experiment)
    // b.png: top and two annotated classes, on two models, by five methods.
    #expect((40..<70).contains(again.progress.found) && again.progress.total == 70)
    #expect(try tiny.tables(catalogs).tables[0].cells[1][1].failed == 0)
  }

  @Test func aChangedPictureIsAskedAnew() throws {
    let tiny = try TinyRun()
    try tiny.run(tiny.experiment())
    let other = Image(width: 16, height: 12) { row, column in RGB(UInt8(row * 9), UInt8(column * 3), 77) }
    try tiny.folder.write(try other.pngData(), to: "data/a.png")
    let again = try tiny.run(tiny.experiment())
    // a.png: top and disc, on two models, by four methods; where top is disc one answers the other.
    #expect(again.progress.done == 56 && (40..<56).contains(again.progress.found))
  }

  @Test func mapsAreKept() throws {
    let tiny = try TinyRun()
    try tiny.run(tiny.experiment { $0 + "\nmaps: none" })
    func count(_ table: String) throws -> Int? {
      try RunFolder(tiny.output).store().read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM \(table)") }
    }
    #expect(try count("maps") == 0 && count("pictures") == 0)
    try tiny.run(tiny.experiment { $0 + "\nmaps: all" })
    // Units whose digest is the same (top and annotated of one class) have one map; CAM has none on vgg.
    let done = try RunFolder(tiny.output).store().read {
      try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM units WHERE outcome = 0")
    }
    #expect(try count("maps") == done && count("pictures") == 6)
  }

  @Test func tooLittleMemoryIsSaidAtOnce() throws {
    let tiny = try TinyRun()
    #expect(throws: RunError.self) { try tiny.runner(tiny.experiment(), options: .init(memory: 1 << 20)) }
    #expect(
      "\(RunError.memory(model: "vgg", limit: 1 << 20, wanted: 90 << 20))"
        == "--memory: 1 MB are too little for vgg, which needs about 90 MB with one image at a time")
  }

  @Test func metricsMayBeAskedAboutFewerImages() throws {
    let tiny = try TinyRun()
    try tiny.run(
      tiny.experiment { $0.replacing("[sparseness,", with: "[{ metric: sparseness, images: 2 },") })
    let table = try tiny.tables().tables[0]
    #expect(table.cells[0][0].count == 2 && table.cells[0][1].count == 3)
    #expect(table.cells[0][0].notApplicable == 0)
  }
}

/// Fails whenever it is asked.
struct FailingMethod: SaliencyMethod {
  static let descriptor = MethodDescriptor("failing-method", title: "Failing", family: .gradient, paper: "")
  func attribution(for question: Explanation) throws -> Attribution {
    throw Refusal("this method always fails")
  }
}

struct FailingMetric: Metric {
  static let descriptor = MetricDescriptor(
    "failing-metric", title: "Failing", category: .complexity, direction: .higher, paper: "")
  func score(_ subject: Subject) throws -> Score { throw Refusal("this metric always fails") }
}

struct Refusal: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
