import Foundation
import GRDB
import SaliencyCore
import Testing

@testable import Bench

/// Stores of parts put together: the tables must be those of a run that was never divided.
@Suite struct StoreMergeTests {
  /// Runs a shard into its folder.
  static func shard(
    _ tiny: TinyRun, _ index: Int, _ count: Int, reuse: [String] = [], scratch: String? = nil,
    experiment: Experiment? = nil
  ) throws -> (folder: String, adopted: Int) {
    let shard = try Shard(index, of: count)
    let plan = try RunPlan(
      experiment ?? tiny.experiment(), folder: tiny.folder.path,
      options: Runner.Options(jobs: 2, shard: shard), loadModel: TinyRun.model)
    let folder = ShardFolder(tiny.output).folder(of: shard)
    let run = try ShardRun(plan, output: folder, scratch: scratch, reuse: reuse, interval: 0.05)
    let (summary, adopted) = try run.run()
    #expect(!summary.wasStopped && summary.progress.done == summary.progress.total)
    return (folder, adopted)
  }

  /// The tables of a run that was not divided.
  static func whole(_ tiny: TinyRun, _ experiment: Experiment? = nil) throws -> [String] {
    let output = tiny.folder.path + "/whole"
    try tiny.run(experiment ?? tiny.experiment(), output: output)
    return try RunnerTests.bytes(tiny.tables(output: output))
  }

  /// The keys of a shard's units that have values, in an order that does not depend on which ended first.
  static func unitKeys(in folder: String) throws -> [Data] {
    try patientQueue(folder + "/store.sqlite").read {
      try Data.fetchAll(
        $0,
        sql: """
          SELECT DISTINCT key FROM units JOIN scores ON scores.unit = units.id
          WHERE part = 0 AND value IS NOT NULL ORDER BY key
          """)
    }
  }

  static func everyTable(_ tiny: TinyRun) throws -> [String] { try RunnerTests.bytes(tiny.tables()) }

  @Test(arguments: [1, 3, 40])
  func theTablesAreThoseOfTheWholeRun(_ count: Int) throws {
    let tiny = try TinyRun()
    let folders = try (1...count).map { try Self.shard(tiny, $0, count).folder }
    // A small number of units at once, so that there are several transactions; and in any order.
    let merge = try StoreMerge(folders.reversed(), output: tiny.output, unitsAtOnce: 4)
    let summary = try #require(try merge.run())
    #expect(summary.missing == 0 && summary.units == 56 && summary.gaps == [])
    #expect(try Self.everyTable(tiny) == Self.whole(tiny))
    // What the report shows is there too.
    let (merged, reference) = (
      try RunFolder(tiny.output).store(), try RunFolder(tiny.folder.path + "/whole").store()
    )
    for table in ["units", "scores", "curves", "maps", "pictures", "annotations", "requests", "costs"] {
      let sql = "SELECT COUNT(*) FROM \(table)"
      #expect(
        try merged.read { try Int.fetchOne($0, sql: sql) }
          == reference.read { try Int.fetchOne($0, sql: sql) },
        "\(table)")
    }
  }

  @Test func mergingAgainDoesNothing() throws {
    let tiny = try TinyRun()
    let folders = try (1...2).map { try Self.shard(tiny, $0, 2).folder }
    _ = try StoreMerge(folders, output: tiny.output).run()
    let again = try #require(try StoreMerge(folders, output: tiny.output).run())
    #expect(again.progress.units == 0 && again.progress.present == 0 && again.missing == 0)
    #expect(try Self.everyTable(tiny) == Self.whole(tiny))
  }

  @Test func aMergeThatWasStoppedGoesOn() throws {
    let tiny = try TinyRun()
    let folders = try (1...3).map { try Self.shard(tiny, $0, 3).folder }
    let stopped = try StoreMerge(folders, output: tiny.output, unitsAtOnce: 2)
    stopped.stop()
    #expect(try stopped.run() == nil)
    #expect(
      !FileManager.default.fileExists(atPath: RunFolder(tiny.output).storePath), "nothing half is there")
    let summary = try #require(try StoreMerge(folders, output: tiny.output, unitsAtOnce: 2).run())
    #expect(summary.missing == 0)
    #expect(try Self.everyTable(tiny) == Self.whole(tiny))
    let left = try FileManager.default.contentsOfDirectory(atPath: tiny.output).filter {
      $0.hasPrefix(".merge.")
    }
    #expect(left == [".merge.lock"], "\(left)")
  }

  /// Two jobs that merge may run on one node, or the second come when the first was killed.
  @Test func mergesOfTwoRunsShareAScratchFolder() throws {
    let (tiny, other) = (try TinyRun(), try TinyRun())
    let scratch = tiny.folder.path + "/scratch"
    let folders = try (1...2).map { try Self.shard(tiny, $0, 2).folder }
    let experiment = try other.experiment { $0.replacingOccurrences(of: "samples=4", with: "samples=3") }
    let others = try (1...2).map { try Self.shard(other, $0, 2, experiment: experiment).folder }
    let killed = try StoreMerge(folders, output: tiny.output, scratch: scratch, unitsAtOnce: 2)
    killed.stop()
    #expect(try killed.run() == nil)
    _ = try StoreMerge(others, output: other.output, scratch: scratch).run()
    #expect(try Self.everyTable(other) == Self.whole(other, experiment))
    _ = try StoreMerge(folders, output: tiny.output, scratch: scratch).run()
    #expect(try Self.everyTable(tiny) == Self.whole(tiny))
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == [])
  }

  @Test func anotherExperimentInTheSameFolderDoesNotGoOnWithTheMergeOfTheFirst() throws {
    let tiny = try TinyRun()
    let folders = try (1...2).map { try Self.shard(tiny, $0, 2).folder }
    let killed = try StoreMerge(folders, output: tiny.output, unitsAtOnce: 2)
    killed.stop()
    #expect(try killed.run() == nil)
    try FileManager.default.removeItem(atPath: ShardFolder(tiny.output).path)
    let experiment = try tiny.experiment { $0.replacingOccurrences(of: "samples=4", with: "samples=3") }
    let others = try (1...2).map { try Self.shard(tiny, $0, 2, experiment: experiment).folder }
    _ = try StoreMerge(others, output: tiny.output).run()
    #expect(try Self.everyTable(tiny) == Self.whole(tiny, experiment))
  }

  @Test func whatIsMissingIsNamedAndCanComeLater() throws {
    let tiny = try TinyRun()
    let folders = try [1, 3].map { try Self.shard(tiny, $0, 3).folder }
    let first = try #require(try StoreMerge(folders, output: tiny.output).run())
    #expect(first.missing > 0 && first.gaps == ["shard 2/3: no store"])
    let plan = try RunPlan(tiny.experiment(), folder: tiny.folder.path, loadModel: TinyRun.model)
    // Not more than the shard has: a unit may be asked for at two places, and have been computed for the other.
    #expect(first.missing <= plan.loads(ofShards: 3)[1].units)
    let late = try Self.shard(tiny, 2, 3).folder
    let second = try #require(try StoreMerge(folders + [late], output: tiny.output).run())
    #expect(second.missing == 0 && second.progress.units > 0)
    #expect(try Self.everyTable(tiny) == Self.whole(tiny))
  }

  @Test func aShardThatLeftNoStoreIsAGap() throws {
    let tiny = try TinyRun()
    let folder = try Self.shard(tiny, 1, 2).folder
    try tiny.folder.write(Data("failed".utf8), to: "run/shards/0002-of-0002/failures.log")
    let empty = try ShardFolder(tiny.output).folder(of: Shard(2, of: 2))
    #expect(try StoreMerge([folder, empty], output: tiny.output).run()?.gaps == ["shard 2/2: no store"])
  }

  @Test func aShardThatIsNotDoneIsNamedWithItsFirstGap() throws {
    let tiny = try TinyRun()
    let folders = try (1...2).map { try Self.shard(tiny, $0, 2).folder }
    // A unit of this shard alone: two targets that are one class may have been computed by both.
    let others = Set(try Self.unitKeys(in: folders[0]))
    let key = try #require(try Self.unitKeys(in: folders[1]).first { !others.contains($0) })
    let store = try patientQueue(folders[1] + "/store.sqlite")
    try store.write { db in
      try db.execute(
        sql: "DELETE FROM scores WHERE unit = (SELECT id FROM units WHERE key = ?)", arguments: [key])
      try db.execute(sql: "DELETE FROM units WHERE key = ?", arguments: [key])
      try db.execute(sql: "UPDATE meta SET value = 'stopped' WHERE key = 'progress-state'")
    }
    let summary = try #require(try StoreMerge(folders, output: tiny.output).run())
    #expect(summary.missing >= 1 && summary.gaps.count == 1)
    #expect(
      summary.gaps[0].hasPrefix("shard 2/2: \(summary.missing) of 32 units missing, the first "),
      "\(summary.gaps)")
  }

  @Test func whatIsInTwoStoresIsComparedAndCounted() throws {
    let tiny = try TinyRun()
    let folders = try [(1, 2), (2, 2), (2, 3)].map { try Self.shard(tiny, $0, $1).folder }
    let summary = try #require(try StoreMerge(folders, output: tiny.output).run())
    #expect(summary.missing == 0 && summary.progress.present > 0)
    #expect(try Self.everyTable(tiny) == Self.whole(tiny))
  }

  @Test func aDifferentResultIsAnErrorThatNamesIt() throws {
    let tiny = try TinyRun()
    let folders = try [(1, 1), (1, 2)].map { try Self.shard(tiny, $0, $1).folder }
    // The first to be merged is the one that is wrong.
    let key = try #require(try Self.unitKeys(in: folders[1]).first)
    try patientQueue(folders[0] + "/store.sqlite").write {
      try $0.execute(
        sql:
          "UPDATE scores SET value = value + 1 WHERE unit = (SELECT id FROM units WHERE key = ?) AND part = 0",
        arguments: [key])
      #expect($0.changesCount > 0)
    }
    let error = #expect(throws: MergeError.self) {
      try StoreMerge(folders, output: tiny.output, unitsAtOnce: 2).run()
    }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("the stores were not made of the same: "), "\(text)")
    #expect(
      text.contains(".png, ") && text.contains("one machine computes wrongly; compute the shard again"),
      "\(text)")
    // Computed again, it can be merged: nothing of what was wrong has stayed.
    try FileManager.default.removeItem(atPath: folders[0])
    _ = try Self.shard(tiny, 1, 1)
    #expect(try StoreMerge(folders, output: tiny.output).run()?.missing == 0)
    #expect(try Self.everyTable(tiny) == Self.whole(tiny))
  }
}
