import Configuration
import Foundation
import GRDB
import Methods
import SaliencyCore
import Testing

@testable import Bench
@testable import Metrics

/// What decides whether a stored result is used again.
@Suite struct CodeVersionTests {
  @Test func theToolkitsTypesHaveTheToolkitsVersion() {
    let types =
      standardCatalogs.methods.types + standardCatalogs.controls.types + standardCatalogs.metrics.types
    #expect(types.count > 30)
    for type in types {
      let versions = Set(CodeVersion.of(type.init()).split(separator: " ").map(String.init))
      #expect(versions == [CodeVersion.toolkit], "\(type)")
    }
  }

  @Test func aTypeWithoutAVersionHasTheProgramsDigest() {
    #expect(CodeVersion.of(FailingMethod()) == CodeVersion.program)
    #expect(CodeVersion.of(FirstVersion()) == "1")
    var around = SmoothGrad()
    around.base = AnyMethod(SecondVersion())
    #expect(CodeVersion.of(around) == "\(CodeVersion.toolkit) 2", "the method inside counts")
  }

  /// Two builds of one program, between which a method or a metric has changed.
  @Test func onlyWhatHasAnotherVersionIsComputedAgain() throws {
    let tiny = try TinyRun()
    func run(_ catalogs: Catalogs) throws -> RunProgress {
      let text: (String) -> String = {
        $0.replacing("[gradient,", with: "[versioned, gradient,").replacing(
          "[sparseness,", with: "[versioned-metric, sparseness,")
      }
      return try tiny.run(tiny.experiment(text, catalogs: catalogs)).progress
    }
    let first = Catalogs(
      methods: .standard.adding(FirstVersion.self), metrics: .standard.adding(FirstMetric.self))
    let second = Catalogs(
      methods: .standard.adding(SecondVersion.self), metrics: .standard.adding(FirstMetric.self))
    /// Units that need not be computed.
    func present(_ progress: RunProgress) -> Int { progress.found + progress.shared }
    #expect(try run(first).total == 70)
    #expect(try present(run(first)) == 70)
    func units() throws -> Int {
      try RunFolder(tiny.output).store().read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM units") ?? 0 }
    }
    let before = try units()
    let changed = try run(second)
    // One method of five; a unit that answers two requests is found for the second.
    #expect((56..<70).contains(present(changed)), "\(changed)")
    #expect(try units() - before == before / 5)
    let tables = try tiny.tables(second)
    #expect(tables.tables[0].methods[0].name == "versioned" && tables.tables[0].cells[0][0].count == 3)
    // Back to the first: everything is there.
    #expect(try present(run(first)) == 70)
    // A metric that has changed is computed for every unit, and no unit is new.
    let third = Catalogs(
      methods: .standard.adding(FirstVersion.self), metrics: .standard.adding(SecondMetric.self))
    let counted = try units()
    #expect(try run(third).found < 70)
    #expect(try units() == counted)
    #expect(try tiny.tables(third).tables[0].cells[0][0].mean == 2)
    #expect(
      try tiny.tables(first).tables[0].cells[0][0].mean == 2,
      "a run is read with the versions it was made with")
  }

  @Test func aMergeNamesTheMethodThatHasTwoVersions() throws {
    let text = try MergeVerificationTests.complaint { $0.methods[1].version = "feed" }
    #expect(
      text.contains(
        "the version of cam is \(CodeVersion.toolkit) in RUN/shards/0001-of-0002 and feed in RUN/shards"),
      "\(text)")
    #expect(text.contains("run the same build everywhere"))
  }

  @Test func storesOfEarlierProgramsAreRead() throws {
    let tiny = try TinyRun()
    try tiny.run(tiny.experiment())
    let store = try ResultStore(path: RunFolder(tiny.output).storePath)
    // Such a run kept its results under the program's digest alone.
    var manifest = try store.manifest()
    manifest.code = CodeVersion.joined(manifest.code, CodeVersion.toolkit)
    for i in manifest.methods.indices { manifest.methods[i].version = nil }
    for i in manifest.metrics.indices { manifest.metrics[i].version = nil }
    let before = try RunnerTests.bytes(tiny.tables())
    try store.setMeta(["manifest": manifest.json])
    let after = try RunnerTests.bytes(tiny.tables())
    func others(_ text: String) -> [Substring] {
      // SmoothGrad holds a method, whose version is part of its key.
      text.split(separator: "\n").filter { !$0.contains("smooth-grad") }
    }
    #expect(others(after[1]) == others(before[1]) && others(after[1]).count > 50)
  }
}

/// One method as two builds have it.
struct FirstVersion: SaliencyMethod {
  static let descriptor = MethodDescriptor("versioned", title: "Versioned", family: .gradient, paper: "")
  static let version = "1"
  func attribution(for request: AttributionRequest) throws -> Attribution {
    Attribution(try request.inputGradient().0)
  }
}

struct SecondVersion: SaliencyMethod {
  static let descriptor = FirstVersion.descriptor
  static let version = "2"
  func attribution(for request: AttributionRequest) throws -> Attribution {
    Attribution(try request.inputGradient().0 * 2)
  }
}

struct FirstMetric: Metric {
  static let descriptor = MetricDescriptor(
    "versioned-metric", title: "Versioned", category: .complexity, direction: .higher, paper: "")
  static let version = "1"
  func score(_ subject: Subject) throws -> Score { Score(1) }
}

struct SecondMetric: Metric {
  static let descriptor = FirstMetric.descriptor
  static let version = "2"
  func score(_ subject: Subject) throws -> Score { Score(2) }
}
