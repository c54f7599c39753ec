import Foundation
import SaliencyCore
import Testing

@testable import Bench

/// What the stores tell of a run.
@Suite struct RunStatusTests {
  @Test func everyStateIsSeen() throws {
    let tiny = try TinyRun()
    let shards = ShardFolder(tiny.output)
    func change(_ index: Int, _ meta: [String: String]) throws {
      let folder = try StoreMergeTests.shard(tiny, index, 6).folder
      try ResultStore(path: folder + "/store.sqlite").setMeta(meta)
    }
    let now = Date()
    let recent = "\(now.timeIntervalSince1970 - 5)"
    try change(1, [:])
    try change(
      2,
      [
        "progress-state": "running", "progress-at": recent, "progress-every": "30", "progress-done": "4",
        "progress-found": "2", "progress-seconds": "4", "progress-host": "n7", "progress-job": "12_2",
      ])
    try change(
      3,
      [
        "progress-state": "running", "progress-at": "\(now.timeIntervalSince1970 - 121)",
        "progress-every": "30",
      ])
    try change(4, ["progress-state": "stopped"])
    let line = "2026-01-02T03:04:05Z\tjob 12_4\tnode n1\texit code 137\tkilled by signal 9\n"
    try tiny.folder.write(
      Data(String(repeating: line, count: 3).utf8), to: "run/shards/0004-of-0006/failures.log")
    try tiny.folder.write(Data(line.utf8), to: "run/shards/0005-of-0006/failures.log")
    _ = shards

    let status = try RunStatus(of: tiny.output, now: now)
    #expect(status.parts.map(\.state) == [.done, .running, .stopped, .failed, .missing, .missing])
    #expect(status.shards == 6 && status.units == 56 && !status.isMerged)
    #expect(status.rate == 0.5 && status.secondsLeft == Double(56 - status.done) / 0.5)
    #expect(status.parts[1].host == "n7" && status.parts[1].job == "12_2")
    #expect(status.parts[3].failures == 3)
    #expect(status.parts[3].reason == "job 12_4, node n1, exit code 137, killed by signal 9")
    #expect(status.shards(.missing) == [5, 6])
  }

  /// Who is killed cannot say so: the store goes on saying that it is at work.
  @Test(arguments: [(3, 10.0, ShardState.failed), (2, 10.0, .running), (3, -10.0, .running)])
  func aShardThatWasKilledThreeTimesHasFailed(_ times: Int, _ later: Double, _ state: ShardState) throws {
    let tiny = try TinyRun()
    let now = Date()
    let store = try ResultStore(
      path: StoreMergeTests.shard(tiny, 1, 2).folder + "/store.sqlite")
    try store.setMeta([
      "progress-state": "running", "progress-at": "\(now.timeIntervalSince1970)", "progress-every": "300",
    ])
    let line = "\(now.addingTimeInterval(later).formatted(.iso8601))\tjob 1_1\tnode n1\texit code 137\t-\n"
    try tiny.folder.write(
      Data(String(repeating: line, count: times).utf8), to: "run/shards/0001-of-0002/failures.log")
    #expect(try RunStatus(of: tiny.output, now: now.addingTimeInterval(20)).parts[0].state == state)
  }

  @Test func itIsMergedWhenTheTablesAreOfTheShardsAsTheyAre() throws {
    let tiny = try TinyRun()
    func isMerged() throws -> Bool { try RunStatus(of: tiny.output, count: 2).isMerged }
    func tables() throws { try RunFolder(tiny.output).writeResults(catalogs: standardCatalogs) }
    let first = try StoreMergeTests.shard(tiny, 1, 2).folder
    _ = try StoreMerge([first], output: tiny.output).run()
    try tables()
    #expect(try !isMerged(), "a shard is missing")
    let second = try StoreMergeTests.shard(tiny, 2, 2).folder
    #expect(try !isMerged(), "a shard came later")
    _ = try StoreMerge([first, second], output: tiny.output).run()
    #expect(try !isMerged(), "the merge was killed before it wrote the tables")
    try tables()
    #expect(try isMerged())
    try ResultStore(path: first + "/store.sqlite").setMeta(["progress-at": "1"])
    #expect(try !isMerged(), "a shard was worked on again")
  }

  @Test func theLastDivisionIsLookedAtUnlessAnotherIsAskedFor() throws {
    let tiny = try TinyRun()
    for (index, count) in [(1, 2), (1, 3)] { _ = try StoreMergeTests.shard(tiny, index, count) }
    #expect(try RunStatus(of: tiny.output).shards == 3)
    #expect(try RunStatus(of: tiny.output, count: 2).shards(.done) == [1])
  }

  @Test func aFolderWithoutShardsIsAnError() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: StoreError.self) { try RunStatus(of: folder.path) }
    #expect(
      error?.description.contains(
        "wanted the folder of a run begun with --shard or `saliency cluster submit`")
        == true)
  }
}
