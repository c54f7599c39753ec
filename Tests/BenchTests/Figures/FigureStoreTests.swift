import Configuration
import Foundation
import GRDB
import Metrics
import SaliencyCore
import Synchronization
import Testing

@testable import Bench

/// Counts how often it is computed.
struct CountedMethod: SaliencyMethod {
  static let count = Mutex(0)
  static let descriptor = MethodDescriptor(
    "counted", title: "Counted", family: .gradient, paper: "test")
  var scale = 1

  func attribution(for request: AttributionRequest) throws -> Attribution {
    Self.count.withLock { $0 += 1 }
    return Attribution(request.inputs)
  }
}

/// Counts how often it is computed.
struct CountedMetric: Metric {
  static let count = Mutex(0)
  static let descriptor = MetricDescriptor(
    "counted-metric", title: "Counted", category: .complexity, direction: .none, paper: "test")

  func score(_ subject: Subject) throws -> Score {
    Self.count.withLock { $0 += 1 }
    return Score(Double(subject.map.values.reduce(0, +)) / 3)
  }
}

/// A run of figures keeps what it computes, so that a run that was killed is resumed.
@Suite(.serialized) struct FigureStoreTests {
  private static let text = """
    name: kept
    model: scenes-gap
    images: scenes-test[0..<3]
    figures:
      - { name: a, kind: table, rows: { method: counted }, over: { images: all }, columns: [{ measure: counted-metric }] }
      - { name: b, kind: panels, rows: { images: all }, columns: [{ method: counted(scale=2), note: "{largest}" }] }
      - name: c
        kind: table
        rows: { method: counted, against: { method: counted(scale=2) } }
        over: { images: all }
        columns: [{ measure: difference }, { measure: counted-metric }]
    """

  private static let catalogs: Catalogs = {
    var catalogs = standardCatalogs
    catalogs.methods = MethodCatalog([CountedMethod.self])
    catalogs.metrics = MetricCatalog([CountedMetric.self])
    return catalogs
  }()

  /// Makes the figures, and stops before one as if the process were killed.
  private func make(_ folder: String, before last: String? = nil) throws -> [Int] {
    CountedMethod.count.withLock { $0 = 0 }
    CountedMetric.count.withLock { $0 = 0 }
    let experiment = try Experiment(parsing: Self.text, file: "e.yaml", catalogs: Self.catalogs)
    let figures = try Reproducer(experiment, folder: "")
    var files: [String] = []
    if let last {
      // As a process that is killed: what the store has was written before.
      var short = experiment
      short.figures = Array(experiment.figures.prefix { $0.name != last })
      files = try Reproducer(short, folder: "").run(
        into: folder, formats: ["svg"], store: RunStore(folder: folder)
      ).files
    } else {
      let written = try figures.run(into: folder, formats: ["svg"], store: RunStore(folder: folder))
      #expect(written.remarks.isEmpty, "\(written.remarks)")
      files = written.files
    }
    #expect(!files.isEmpty)
    return [CountedMethod.count.withLock(\.self), CountedMetric.count.withLock(\.self)]
  }

  @Test func aRunThatWasKilledComputesTheRest() throws {
    let (whole, parts) = (try TemporaryFolder(), try TemporaryFolder())
    #expect(try make(whole.path) == [6, 3], "three images, two methods, one metric")
    #expect(try make(parts.path, before: "b") == [3, 3])
    #expect(try make(parts.path, before: "c") == [3, 0])
    #expect(try make(parts.path) == [3, 0], "the difference needs both maps, and one of them is kept")
    #expect(try make(parts.path) == [0, 0], "nothing is computed again")
    for name in ["a.csv", "a.md", "b.svg", "b.csv", "c.csv"] {
      let files = try [whole, parts].map { try Data(contentsOf: URL(fileURLWithPath: "\($0.path)/\(name)")) }
      #expect(files[0] == files[1], "\(name)")
    }
  }

  @Test func aFullStoreEndsTheRun() throws {
    let folder = try TemporaryFolder()
    let store = try RunStore(folder: folder.path)
    try store.use { store in
      try store.write { try $0.execute(sql: "DROP TABLE figure_values") }
      let experiment = try Experiment(parsing: Self.text, file: "e.yaml", catalogs: Self.catalogs)
      #expect(throws: StoreError.self) {
        try Reproducer(experiment, folder: "").run(folder.path, ["svg"], store: FigureStore(store))
      }
    }
  }

  /// Classes, probabilities, maps, values and units are all in the store after the first run.
  @Test func aSecondRunMakesNoForwardPass() throws {
    let text = """
      name: kept
      model: scenes-gap
      images: scenes-test[0..<3]
      figures:
        - { name: a, kind: table, rows: { method: grad-cam }, over: { images: all }, columns: [{ measure: score }, { measure: probability }, { measure: road }] }
        - { name: b, kind: panels, rows: { images: all }, columns: [{ show: picture, note: "{class} {score}" }, { method: gradient, note: "{largest}" }] }
        - { name: c, kind: units, over: { images: all }, targets: [striped disc, spotted star], units: 2, shown: 2 }
        - { name: d, kind: table, rows: { cascading: true, at-most: 2, method: gradient }, over: { images: all }, columns: [{ measure: probability }] }
        - { name: e, kind: curves, lines: { method: grad-cam }, over: { images: all }, metric: deletion, curves: [deletion] }
      """
    let experiment = try Experiment(parsing: text, file: "e.yaml", catalogs: standardCatalogs)
    let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
    let store = try RunStore(folder: folder.path)
    let first = try Reproducer(experiment, folder: "").run(into: folder.path, formats: ["svg"], store: store)
    let second = try Reproducer(experiment, folder: "").run(into: other.path, formats: ["svg"], store: store)
    #expect(first.remarks.isEmpty && second.remarks.isEmpty, "\(first.remarks)")
    #expect(first.forwardPasses > 0)
    #expect(second.forwardPasses == 0)
    #expect(first.files == second.files)
    for name in first.files {
      let files = try [folder, other].map { try Data(contentsOf: URL(fileURLWithPath: "\($0.path)/\(name)")) }
      #expect(files[0] == files[1], "\(name)")
    }
  }
}
