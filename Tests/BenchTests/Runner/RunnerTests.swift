import Configuration
import Foundation
import GRDB
import Methods
import SaliencyCore
import Support
import Testing

@testable import Bench
@testable import Metrics

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
    #expect(results.settings.map(\.requests.count) == [3, 4, 3, 4])
    #expect(results.methods.map(\.name) == ["gradient", "cam", "smooth-grad(samples=4)", "random"])
    #expect(results.columns.map(\.name).prefix(2) == ["sparseness", "deletion(step=32)"])
    let annotated = results.settings[1]
    #expect(
      annotated.requests.map(\.target) == [
        "annotated:disc", "annotated:disc", "annotated:star", "annotated:ghost",
      ])
    #expect(annotated.requests[3].state == .skipped("the model has no class \"ghost\""))
    #expect(
      annotated.requests[1].resolved?.classIndex == 0 && annotated.requests[2].resolved?.classIndex == 1)
    // Every request that was asked has a number from every method that suits the model.
    for setting in results.settings {
      for (m, method) in results.methods.enumerated() {
        for (q, request) in setting.requests.enumerated() where request.resolved != nil {
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

  /// A rule that reads activations finds them on the pass that all methods share, and declares nothing for it.
  @Test func noMethodMakesASecondForwardPass() throws {
    let tiny = try TinyRun()
    let catalogs = Catalogs(methods: .standard.adding(ValueRule.self))
    let experiment = try tiny.experiment(
      { $0.replacing("methods: [gradient,", with: "methods: [gradient, value-rule, grad-cam,") },
      catalogs: catalogs)
    try tiny.run(experiment)
    let results = try tiny.tables(catalogs).results
    for (method, name) in results.methods.map(\.name).enumerated().prefix(3) {
      for setting in results.settings {
        #expect(setting.units[method][0]?.passes == Passes(forward: 0, backward: 1), "\(name)")
      }
    }
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

/// Weighs every ReLU's signal by the unit's input.
struct ValueRule: RuleBasedMethod {
  static let descriptor = MethodDescriptor("value-rule", title: "Value rule", family: .rule, paper: "")
  func rules(for model: Model) -> RuleMap {
    RuleMap { Apply(to: ReLU.self) { signal, step in [signal * step.inputs[0]] } }
  }
}
