import Configuration
import Foundation
import Methods
import SaliencyCore
import Support
import Testing

@testable import Bench
@testable import Metrics

/// Images, methods and metrics that fail are rows with reasons.
@Suite struct RunFailureTests {
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
