import Configuration
import Foundation
import GRDB
import Imaging
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
    #expect(annotated.requests[1].asked?.classIndex == 0 && annotated.requests[2].asked?.classIndex == 1)
    // Every request that was asked has a number from every method that suits the model.
    for setting in results.settings {
      for (m, method) in results.methods.enumerated() {
        for (q, request) in setting.requests.enumerated() where request.asked != nil {
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

  @Test func aSecondRunRepeatsNothing() throws {
    let tiny = try TinyRun()
    try tiny.run(tiny.experiment())
    let before = try Self.bytes(tiny.tables())
    let again = try tiny.run(tiny.experiment())
    #expect(again.progress.found + again.progress.shared == 56 && again.progress.done == 56)
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
        while runner.progress.computed < 5 { usleep(200) }
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

  /// Two targets that are one class share their results: these are counted as shared, in the first run and in the next.
  @Test func runsCountAlike() throws {
    let tiny = try TinyRun()
    // The top class by its name, so that it is asked about twice.
    let images = try ImageSet(tiny.experiment().images, folder: tiny.folder.path, seed: 0).images
    let gap = try TinyRun.model(ModelChoice("gap"))
    let scores = try gap.model.scores(gap.transform(images[0].picture())).scalars
    let top = try Target.top.resolved(scores: scores, labels: nil)
    func experiment() throws -> Experiment {
      try tiny.experiment {
        $0.replacing("[gap, vgg]", with: "gap").replacing("[top, annotated]", with: "[top, \(top)]")
      }
    }
    let runner = try tiny.runner(experiment(), options: .init(jobs: 1))
    let stopper = Thread {
      while runner.progress.done < 9 { usleep(200) }
      runner.stop()
    }
    stopper.start()
    let first = try runner.run().progress
    #expect(first.found == 0 && first.shared >= 4 && first.total == 24)
    let second = try tiny.run(experiment()).progress
    #expect(second.done == 24 && second.found == first.done - first.shared)
    #expect(second.shared >= first.shared)
  }

  @Test func aPartThatFailsWholeIsNamed() throws {
    let tiny = try TinyRun()
    #expect(try wholes(tiny, standardCatalogs) { $0 }.isEmpty)
    let catalogs = Catalogs(
      methods: .standard.adding(FailingMethod.self), metrics: .standard.adding(FailingMetric.self))
    let found = try wholes(tiny, catalogs) {
      $0.replacing("[gradient,", with: "[failing-method, gradient,").replacing(
        "[sparseness,", with: "[failing-metric, sparseness,")
    }
    #expect(
      found.map(\.description) == [
        "all of method \"failing-method\" failed: this method always fails",
        "all of metric \"failing-metric\" failed: this metric always fails",
      ])
    try tiny.folder.write("no picture", to: "bad/b.png")
    let images = try wholes(tiny, standardCatalogs) {
      $0.replacing("images: {", with: "images: [bad, {").replacing("json }", with: "json }]")
        .replacing("[top, annotated]", with: "top")
    }
    #expect(images.map { "\($0.kind.rawValue) \($0.name)" } == ["image set bad"])
  }

  private func wholes(
    _ tiny: TinyRun, _ catalogs: Catalogs, _ change: (String) -> String
  ) throws -> [WholeFailure] {
    let output = tiny.folder.path + "/\(UUID().uuidString)"
    try tiny.run(tiny.experiment(change, catalogs: catalogs), output: output)
    return try tiny.tables(catalogs, output: output).results.wholeFailures
  }

  @Test func namesThatCannotBeAreErrorsBeforeTheRun() throws {
    let tiny = try TinyRun()
    func complaint(_ old: String, _ new: String) -> [String] {
      do {
        _ = try tiny.runner(tiny.experiment { $0.replacing(old, with: new) })
        return []
      } catch {
        return "\(error)".replacing(tiny.folder.path, with: "F").split(separator: "\n").map(String.init)
      }
    }
    #expect(
      complaint("[top, annotated]", "[top, trueth, top9, 7]") == [
        "F/e.yaml:4: target \"trueth\": no model has a class of this name; did you mean \"truth\"?",
        "F/e.yaml:4: target top9: the model has 3 classes, wanted a rank from 1 to 3",
        "F/e.yaml:4: target 7: the model has 3 classes, wanted an index from 0 to 2",
      ])
    #expect(complaint("[top, annotated]", "[ring, top4, 3]").isEmpty, "one of the models has them")
    #expect(
      complaint("[top, annotated]", "[stra]") == [
        "F/e.yaml:4: target \"stra\": no model has a class of this name; did you mean \"star\"?"
      ])
    let layer = complaint("[gradient,", "[{ method: gradient, layer: conv9 },")
    #expect(layer.count == 1 && layer[0].hasPrefix("F/e.yaml:5: "), "\(layer)")
    #expect(
      complaint("[sparseness,", "[relevance-mass(object=disk), sparseness,") == [
        "F/e.yaml:7: object: no image has an object called \"disk\"; did you mean \"disc\"?"
      ])
    #expect(
      complaint("{ coco: data/annotations.json }", "data") == [
        "F/e.yaml:4: target annotated: no image has a class or an annotated object; wanted a data set that has them"
      ])
  }

  /// A crowd is nobody's class to ask about, no region under any target, and counted.
  @Test func crowdsAreLeftOutAndCounted() throws {
    let tiny = try TinyRun()
    try tiny.folder.write(
      TinyRun.annotations.replacing(
        "{\"image_id\": 2, \"category_id\": 1,", with: "{\"iscrowd\": 1, \"image_id\": 2, \"category_id\": 1,"
      ),
      to: "data/annotations.json")
    let experiment = try tiny.experiment {
      $0.replacing("[gap, vgg]", with: "gap").replacing("[top, annotated]", with: "[annotated, disc]")
    }
    let plan = try RunPlan(experiment, folder: tiny.folder.path, loadModel: TinyRun.model)
    #expect(plan.summary.contains("images: 3, 1 crowd annotation (iscrowd: 1) left out"))
    #expect(try tiny.run(experiment).crowds == 1)
    let results = try tiny.tables().results
    #expect(results.manifest.crowds == 1)
    #expect(
      results.settings[0].requests.map(\.target) == ["annotated:disc", "annotated:star", "annotated:ghost"])
    // b.png has a star and a crowd of discs: the map of the disc has no place to be right or wrong at.
    let pointing = try #require(results.columns.firstIndex { $0.name.hasPrefix("pointing-game") })
    #expect(results.settings[1].outcome(0, pointing, 0) == .done)
    #expect(results.settings[1].outcome(0, pointing, 1) == .notApplicable)
    #expect(results.settings[1].reason(0, metric: 2, 1)?.contains("crowd") == true)
  }

  @Test func whatOneModelLacksIsNotApplicable() throws {
    let tiny = try TinyRun()
    try tiny.run(tiny.experiment { $0.replacing("[top, annotated]", with: "[ring]") })
    let settings = try tiny.tables().results.settings
    #expect(settings[0].requests.allSatisfy { $0.asked == nil } && settings[0].requests.count == 3)
    guard case .skipped(let reason) = settings[0].requests[0].state else {
      Issue.record("\(settings[0].requests[0].state)")
      return
    }
    #expect(reason.contains("no class of this name"))
    #expect(settings[1].requests.allSatisfy { $0.asked?.classIndex == 3 })
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
    // The file comes back: only its requests are asked again.
    let other = try TinyRun()
    let data = try #require(FileManager.default.contents(atPath: other.folder.path + "/data/b.png"))
    try tiny.folder.write(data, to: "data/b.png")
    let again = try tiny.run(experiment)
    // b.png: top and two annotated classes, on two models, by five methods.
    #expect((40..<70).contains(again.progress.found + again.progress.shared) && again.progress.total == 70)
    #expect(try tiny.tables(catalogs).tables[0].cells[1][1].failed == 0)
  }

  @Test func aChangedPictureIsAskedAnew() throws {
    let tiny = try TinyRun()
    try tiny.run(tiny.experiment())
    let other = Image(width: 16, height: 12) { row, column in RGB(UInt8(row * 9), UInt8(column * 3), 77) }
    try tiny.folder.write(try other.pngData(), to: "data/a.png")
    let again = try tiny.run(tiny.experiment())
    // a.png: top and disc, on two models, by four methods; where top is disc one answers the other.
    let known = again.progress.found + again.progress.shared
    #expect(again.progress.done == 56 && (40..<56).contains(known))
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

/// Fails whenever it is asked.
struct FailingMethod: SaliencyMethod {
  static let descriptor = MethodDescriptor("failing-method", title: "Failing", family: .gradient, paper: "")
  func attribution(for request: AttributionRequest) throws -> Attribution {
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
