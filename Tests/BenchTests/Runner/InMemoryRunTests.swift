import Foundation
import Imaging
import Methods
import Metrics
import SaliencyCore
import Synchronization
import TestSupport
import Testing

@testable import Bench

/// Runs on models and images in memory, with typed results.
@Suite struct InMemoryRunTests {
  /// Images that are those of `TinyRun`, with the same annotations.
  static let images = ["a.png", "b.png", "c.png"].enumerated().map { i, name in
    let image = Image(width: 16, height: 12) { row, column in
      RGB(UInt8(row * 20 % 256), UInt8(column * 15 % 256), UInt8((row * column + i * 40) % 256))
    }
    return DatasetImage(image, name: name, annotations: annotations[i])
  }

  private static func object(_ label: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double)
    -> Annotation
  {
    Annotation(classIndex: nil, label: label, box: Box(x: x, y: y, width: width, height: height))
  }

  private static let annotations = [
    [object("disc", 1, 1, 6, 6)], [object("star", 4, 2, 8, 8), object("disc", 0, 0, 3, 3)],
    [object("ghost", 0, 0, 9, 9)],
  ].map { Annotations(height: 12, width: 16, objects: $0) }

  static func experiment(images: [DatasetImage] = images, maps: MapKeeping = .none) throws -> Experiment {
    var sensitivity = MaxSensitivity()
    sensitivity.samples = 2
    var experiment = Experiment(
      models: [try TinyRun.model(ModelChoice("gap")), try TinyRun.model(ModelChoice("vgg"))],
      images: images, targets: [.top, .annotated],
      methods: [Gradient(), CAM(), SmoothGrad(base: Gradient(), samples: 4)],
      controls: [RandomControl()],
      metrics: [Sparseness(), Deletion(step: 32), PointingGame(tolerance: 2), sensitivity],
      seed: 3, maps: maps)
    experiment.statistics.resamples = 200
    experiment.statistics.permutations = 500
    return experiment
  }

  @Test func resultsAreThoseOfARunOnFiles() throws {
    let tiny = try TinyRun()
    try tiny.run(tiny.experiment())
    let results = try Self.experiment().run(options: .init(jobs: 2))
    let files = try tiny.tables()
    #expect(results.table(.csv) == files.tableCSV)
    #expect(results.values.count == files.rowsCSV.split(separator: "\n").count - 1)
    #expect(results.summary.isComplete && results.summary.progress.total == 56)
  }

  @Test func valuesMeansAndCurvesAreTyped() throws {
    let results = try Self.experiment(maps: .all).run()
    let mean = try #require(results.mean(of: "sparseness", method: "gradient", model: "vgg"))
    #expect(mean.count == 3 && mean.interval != nil && mean.direction == .higher && !mean.isControl)
    let mine = results.values.filter {
      $0.model == "vgg" && $0.target == "top" && $0.method == "gradient" && $0.metric == "sparseness"
    }
    #expect(mine.map(\.image) == ["a.png", "b.png", "c.png"] && mine[0].imageSet == "images in memory")
    let average = mine.compactMap(\.value).reduce(0, +) / 3
    #expect(abs(average - (mean.mean ?? .nan)) < 1e-12)
    let missing = try #require(results.mean(of: "sparseness", method: "cam", model: "vgg"))
    #expect(missing.mean == nil && missing.notApplicable == 3 && missing.reasons.values.first == 3)
    #expect(results.curves.contains { $0.metric.hasPrefix("deletion") && $0.x.count == $0.mean.count })
    let map = try #require(try results.map(of: "gradient", image: "b.png"))
    #expect(map.height == 8 && map.width == 8)
    #expect(try results.map(of: "gradient", image: "none") == nil)
  }

  @Test func aCancelledRunIsResumed() throws {
    let store = try RunStore()
    let seen = Mutex(0)
    #expect(throws: CancellationError.self) {
      try Self.experiment().run(
        in: store, options: .init(jobs: 1), progress: { progress in seen.withLock { $0 = progress.done } },
        isCancelled: { seen.withLock { $0 >= 5 } })
    }
    #expect(seen.withLock(\.self) >= 5)
    let results = try Self.experiment().run(in: store)
    #expect(results.summary.progress.found >= 5)
    #expect(try results.table(.csv) == Self.experiment().run().table(.csv))
    let again = try Self.experiment().run(in: store)
    #expect(again.summary.progress.computed == 0)
  }

  @Test func aCancelledTaskEndsItsRun() async throws {
    let store = try RunStore()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await Self.experiment().run(in: store)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    let results = try await Self.experiment().run(in: store)
    #expect(results.summary.isComplete)
  }

  @Test func noGlobalSettingChanges() throws {
    let threads = Execution.threads
    let during = Mutex<Set<Int>>([])
    try Self.experiment().run(
      options: .init(jobs: 2), progress: { _ in during.withLock { _ = $0.insert(Execution.threads) } })
    #expect(Execution.threads == threads)
    #expect(during.withLock(\.self) == [max(threads / 2, 1)])
    #expect(Execution.withThreads(3) { Execution.threads } == 3 && Execution.threads == threads)
  }

  @Test func classesAreGivenByIndexOrName() throws {
    let image = Image(width: 8, height: 8, filledWith: RGB(9, 80, 200))
    let mask = Mask(Box(x: 1, y: 1, width: 4, height: 4), height: 8, width: 8)
    let annotations = Annotations(
      height: 8, width: 8, objects: [Annotation(classIndex: 2, label: "thing", mask: mask)])
    var experiment = try Self.experiment(images: [
      DatasetImage(image, name: "index", classIndex: 1), DatasetImage(image, name: "name", label: "box"),
      DatasetImage(image, name: "object", annotations: annotations), DatasetImage(image, name: "unknown"),
    ])
    experiment.targets = [.truth]
    experiment.metrics = [MetricChoice(PointingGame())]
    let values = try experiment.run().values.filter { $0.model == "gap" && $0.method == "gradient" }
    #expect(values.map(\.classIndex) == [1, 2, 2], "no class of the last image is known")
    #expect(values[2].value != nil)
  }

  @Test func shardsAndTwoOfANameAreRefused() throws {
    #expect {
      try RunPlan(
        Self.experiment(), folder: "", options: .init(shard: Shard(1, of: 2)))
    } throws: { "\($0)".hasPrefix("shard: found the model \"gap\" in memory, expected files") }
    var twice = try Self.experiment()
    twice.metrics.append(MetricChoice(Sparseness()))
    #expect { try twice.run() } throws: { "\($0)".contains("two metrics are called \"sparseness\"") }
  }

  /// A folder keeps the results, and the pixels stay with the process of the run.
  @Test func aFolderKeepsTheResults() throws {
    let folder = try TemporaryFolder()
    let results = try Self.experiment().run(in: RunStore(folder: folder.path + "/run"))
    let kept = RunFolder(folder.path + "/run")
    #expect(try kept.table(.csv, catalogs: standardCatalogs) == results.table(.csv))
    let read = try RunResults(kept.store(), catalogs: standardCatalogs).experiment
    #expect { try RunPlan(read, folder: "", loadModel: TinyRun.model) } throws: {
      "\($0)".contains("a.png: found no pixels, expected an image in memory")
    }
  }
}
