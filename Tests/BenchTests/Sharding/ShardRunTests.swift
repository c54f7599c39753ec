import Foundation
import GRDB
import SaliencyCore
import Testing

@testable import Bench

/// Shards on a disk of their own, and what they take over.
@Suite struct ShardRunTests {
  @Test func theStoreIsCopiedFromTheScratchFolder() throws {
    let tiny = try TinyRun()
    let scratch = tiny.folder.path + "/scratch"
    let folder = try StoreMergeTests.shard(tiny, 1, 2, scratch: scratch).folder
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder) == ["store.sqlite"], "one file, no log")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == [], "nothing is left behind")
    let meta = try MergeSource(folder + "/store.sqlite").meta
    #expect(meta["progress-state"] == "done" && meta["shard"] == "1/2" && meta["plan-units"] == "56")
    // A second run begins with the copy and finds everything.
    let again = try StoreMergeTests.shard(tiny, 1, 2, scratch: scratch)
    #expect(again.adopted == 0)
    #expect(try Int(MergeSource(folder + "/store.sqlite").meta["progress-found"] ?? "") ?? 0 > 0)
  }

  @Test func whatIsFinishedIsTakenOverWhenTheNumberChanges() throws {
    let tiny = try TinyRun()
    for index in 1...2 { _ = try StoreMergeTests.shard(tiny, index, 2) }
    let shards = ShardFolder(tiny.output).path
    var adopted = 0
    for index in 1...3 {
      let found = try StoreMergeTests.shard(tiny, index, 3, reuse: [shards])
      adopted += found.adopted
      let meta = try MergeSource(found.folder + "/store.sqlite").meta
      #expect(meta["progress-done"] == meta["progress-found"], "nothing is computed again")
    }
    #expect(adopted > 0)
    let folders = try (1...3).map { try ShardFolder(tiny.output).folder(of: Shard($0, of: 3)) }
    #expect(try StoreMerge(folders, output: tiny.output).run()?.missing == 0)
    #expect(try StoreMergeTests.everyTable(tiny) == StoreMergeTests.whole(tiny))
  }

  @Test func anotherShardsStoreIsRefused() throws {
    let tiny = try TinyRun()
    let folder = try StoreMergeTests.shard(tiny, 1, 2).folder
    let plan = try RunPlan(
      tiny.experiment(), folder: tiny.folder.path,
      options: Runner.Options(jobs: 1, shard: try Shard(2, of: 2)),
      loadModel: TinyRun.model)
    let error = #expect(throws: StoreError.self) { try ShardRun(plan, output: folder).run() }
    #expect(
      error?.description
        == "\(folder)/store.sqlite: holds results of shard 1/2, wanted a store of shard 2/2; choose another folder "
        + "with --output, and name this one with --reuse to take over what is finished")
  }

  @Test func whatDeadProcessesLeftIsHandedOverAndWhatLivingOnesHoldIsNot() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path + "/a.1", withIntermediateDirectories: true)
    let first = try ScratchFolder(in: folder.path, named: "a")
    #expect(first.abandoned == [folder.path + "/a.1"])
    let second = try ScratchFolder(in: folder.path, named: "a")
    #expect(second.abandoned == [], "one is the living first's, and the other is held by it")
    first.removeAbandoned()
    second.remove()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
    first.remove()
  }

  @Test func whatAKilledTaskHadNotCopiedIsTakenOver() throws {
    let tiny = try TinyRun()
    let scratch = tiny.folder.path + "/scratch"
    let folder = try StoreMergeTests.shard(tiny, 1, 2, scratch: scratch).folder
    // As if the task had been killed before it could copy anything: its folder is there, with claims, and the copy is not.
    let plan = try RunPlan(tiny.experiment(), folder: tiny.folder.path, loadModel: TinyRun.model).plan.digest
      .hex
    let left = "\(scratch)/saliency-\(plan.prefix(12))-0001-of-0002.77-88"
    try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: folder + "/store.sqlite", toPath: left + "/store.sqlite")
    _ = try StoreMergeTests.shard(tiny, 1, 2, scratch: scratch)
    let meta = try MergeSource(folder + "/store.sqlite").meta
    #expect(meta["progress-done"] == meta["progress-found"], "nothing is computed again")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == [])
    // A broken one is no obstacle.
    try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
    try Data("broken".utf8).write(to: URL(fileURLWithPath: left + "/store.sqlite"))
    _ = try StoreMergeTests.shard(tiny, 1, 2, scratch: scratch)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == [])
  }

  @Test func anUnwritableSharedFolderIsFoundBeforeWorkBegins() throws {
    let tiny = try TinyRun()
    try tiny.folder.write(Data(), to: "file")
    let plan = try RunPlan(
      tiny.experiment(), folder: tiny.folder.path,
      options: Runner.Options(jobs: 1, shard: try Shard(1, of: 2)),
      loadModel: TinyRun.model)
    #expect(throws: StoreError.self) {
      try ShardRun(plan, output: tiny.folder.path + "/file/x", scratch: tiny.folder.path + "/scratch")
    }
  }
}
