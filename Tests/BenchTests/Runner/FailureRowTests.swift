import Foundation
import GRDB
import Imaging
import Methods
import SaliencyCore
import Support
import TestSupport
import Testing

@testable import Bench

/// Runs in which something has no number, or in which two experiments meet.
@Suite struct FailureRowTests {
  /// A model whose score overflows for a bright image, so that its softmax is NaN; and a healthy one.
  private static func model(_ choice: ModelChoice) throws -> BenchModel {
    guard choice.model == "gap" else { return try TinyRun.model(choice) }
    let kernel = Tensor(shape: [3, 2], scalars: [3e38, -3e38, 3e38, -3e38, 3e38, -3e38])
    let model = try TinyNetworks.chain(
      [8, 8, 3],
      [
        ("pool", GlobalAveragePool2D()),
        ("dense", Dense(kernel: kernel, bias: Tensor(shape: [2], scalars: [0, 0]))), ("softmax", Softmax()),
      ], name: "gap", labels: ["disc", "star"])
    return BenchModel(
      name: "gap", model: model,
      transform: InputTransform(height: 8, width: 8, preprocessing: try Preprocessing("unit")))
  }

  @Test func aModelThatGivesNaNForOneImageIsAFailureRow() throws {
    let tiny = try TinyRun()
    for (name, level) in [("a.png", 255), ("b.png", 0), ("c.png", 1)] {
      let picture = Image(width: 16, height: 12, filledWith: RGB(UInt8(level), UInt8(level), UInt8(level)))
      try tiny.folder.write(try picture.pngData(), to: "data/\(name)")
    }
    let experiment = try tiny.experiment {
      $0.replacing("targets: [top, annotated]", with: "targets: [0]").replacing("cam, ", with: "")
    }
    let plan = try RunPlan(
      experiment, folder: tiny.folder.path, options: .init(jobs: 2), loadModel: Self.model)
    let summary = try Runner(plan, output: tiny.output).run()
    #expect(summary.progress.done == summary.progress.total && summary.progress.failed == 3)
    // The folder can be read and resumed.
    let tables = try tiny.tables()
    let failures = tables.failures.filter { $0.outcome == .failed }
    #expect(failures.map { "\($0.model) \($0.firstImage) \($0.times)" } == ["gap a.png 1"])
    #expect(failures.first?.reason.contains("NaN") == true, "\(failures)")
    #expect(tables.tables[0].cells[0][0].failed == 1)
    #expect(tables.tables[1].cells[0][1].count == 3, "the healthy model has all its numbers")
    let again = try Runner(plan, output: tiny.output).run()
    #expect(again.progress.found == again.progress.total - 3)
    #expect(try RunFolder(tiny.output).writeResults(catalogs: standardCatalogs).files.contains("report.html"))
  }

  @Test(arguments: ["name: other", "seed: 9"])
  func anotherExperimentOfTheSamePlanWaitsForTheTablesOfTheFirst(_ line: String) throws {
    let tiny = try TinyRun()
    let key = String(line.prefix { $0 != ":" })
    let first = try tiny.runner(tiny.experiment())
    let other = try tiny.experiment { text in
      text.split(separator: "\n").map { $0.hasPrefix(key + ":") ? Substring(line) : $0 }.joined(
        separator: "\n")
    }
    // Another living process, as far as the claims can tell.
    let second = try ResultStore(
      path: RunFolder(tiny.output).storePath, owner: try #require(ProcessIdentityTests.parent))
    func begin(_ experiment: Experiment) throws {
      try second.begin(
        plan: first.plan.digest, describing: ["experiment": experiment.canonicalJSON, "manifest": "{}"])
    }
    let expected = StoreError.otherExperiment(path: second.path, process: "\(getpid())")
    try first.run { _ in
      #expect(throws: expected) { try begin(other) }
      let store = try RunFolder(tiny.output).store()
      let described = try RunResults(store, catalogs: standardCatalogs).experiment.name
      #expect(described == "tiny")
    }
    // Two processes may work on one experiment; and with another, once the first is done.
    try first.begin()
    try begin(tiny.experiment())
    try first.store.releaseAll()
    try begin(other)
  }

  @Test func whenARunEndsOneFileHoldsEverything() throws {
    let tiny = try TinyRun()
    try tiny.run(tiny.experiment())
    let copy = try tiny.folder.write(
      try Data(contentsOf: URL(fileURLWithPath: RunFolder(tiny.output).storePath)), to: "copy/store.sqlite")
    #expect(FileStamp.size(of: RunFolder(tiny.output).storePath + "-wal") == 0)
    #expect(
      try RunnerTests.bytes(tiny.tables(output: copy.enclosingFolder)) == RunnerTests.bytes(tiny.tables()))
    let shard = try StoreMergeTests.shard(tiny, 1, 2).folder
    try tiny.folder.write(
      try Data(contentsOf: URL(fileURLWithPath: shard + "/store.sqlite")), to: "shard/store.sqlite")
    let kept = try ResultStore.read(tiny.folder.path + "/shard/store.sqlite") {
      (
        try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM units"), try ResultStore.meta("progress-state", $0)
      )
    }
    #expect((kept.0 ?? 0) > 0 && kept.1 == "done")
  }
}
