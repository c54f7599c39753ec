import Foundation
import GRDB
import SaliencyCore
import Testing

@testable import Support

/// The work divided among processes by the commands a shell, or GNU parallel, would run.
@Suite(
  .serialized,
  .enabled(if: BenchProcess.program != nil, "skipped: the program was not built beside the tests"))
struct ShardCommandTests {
  /// What a merge must not change by a byte.
  static func reference(_ bench: Workbench) throws -> [Data?] {
    let whole = try BenchKillTests.run(bench, to: "whole").finish()
    #expect(whole.status == 0, "\(whole.text)")
    let bytes = BenchKillTests.bytes(bench, "whole")
    #expect(bytes.allSatisfy { ($0?.count ?? 0) > 100 })
    return bytes
  }

  static func shard(_ bench: Workbench, _ shard: String, _ options: [String] = []) throws -> BenchProcess {
    try BenchKillTests.run(bench, to: "run", ["--shard", shard, "--jobs", "1"] + options)
  }

  static func merge(_ bench: Workbench, _ stores: [String]) throws -> (status: Int32, text: String) {
    try BenchProcess(
      ["cluster", "merge"] + stores.map { bench[$0] } + ["--output", bench["run"]], in: bench
    ).finish()
  }

  @Test func twoProcessesAtATimeAreOneRun() throws {
    let bench = try BenchKillTests.bench()
    let reference = try Self.reference(bench)
    let processes = try ["1/2", "2/2"].map { try Self.shard(bench, $0) }
    for process in processes {
      let ended = process.finish()
      #expect(ended.status == 0 && ended.text.contains("shard "), "\(ended.text)")
    }
    #expect(try bench.contents(of: "run/shards") == ["0001-of-0002", "0002-of-0002"])
    let merged = try Self.merge(bench, ["run/shards"])
    #expect(merged.status == 0, "\(merged.text)")
    #expect(merged.text.hasPrefix("\(bench["run"]): 384 of 384 units from 2 stores"), "\(merged.text)")
    #expect(BenchKillTests.bytes(bench, "run") == reference)
    #expect(try bench.contents(of: "run").contains("report.html"))
  }

  /// The real program, where there is one.
  static let parallel = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { $0 + "/parallel" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  /// The lines of the guide, as they stand there.
  static let guide = """
    export SALIENCY_THREADS=1
    parallel saliency bench e.yaml --jobs 1 --shard {}/8 ::: $(seq 8)
    saliency cluster merge results/e/shards --output results/e

    """

  @Test(.enabled(if: parallel != nil, "skipped: no GNU parallel on the PATH"))
  func gnuParallelRunsTheLinesOfTheGuide() throws {
    let bench = try BenchKillTests.bench()
    let text = try String(contentsOfFile: bench["e.yaml"], encoding: .utf8)
    try bench.write(text.replacingOccurrences(of: "name: tiny", with: "name: e"), to: "e.yaml")
    let reference = try Self.reference(bench)
    let guide = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
      path: "../../Guides/Cluster.md")
    #expect(try String(contentsOf: guide, encoding: .utf8).contains(Self.guide))
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/bash")
    shell.arguments = ["-ec", Self.guide]
    shell.currentDirectoryURL = URL(fileURLWithPath: bench.path)
    let folder = (BenchProcess.program ?? "").enclosingFolder
    shell.environment = ProcessInfo.processInfo.environment.merging([
      // In a home of its own, for it keeps notes there.
      "PATH": "\(folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "")", "HOME": bench.path,
    ]) { $1 }
    let words = Pipe()
    shell.standardOutput = words
    try shell.run()
    let said = String(decoding: words.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0, "\(said)")
    #expect(said.contains("results/e: 384 of 384 units from 8 stores"), "\(said)")
    #expect(BenchKillTests.bytes(bench, "results/e") == reference)
  }

  @Test func shardsAndMergesKilledAtAnyMomentChangeNoByte() throws {
    let bench = try BenchKillTests.bench()
    let reference = try Self.reference(bench)
    let random = CounterRandom(seed: 6)
    for index in 1...3 {
      var tries = 0
      while true {
        tries += 1
        let run = try Self.shard(
          bench, "\(index)/3", ["--scratch", bench["scratch"], "--copy-every", "0.1"])
        // Longer each time, so that it ends; the first are killed at any moment from the start on.
        let patience = Double(random.uniform(at: index * 50 + tries)) * 0.25 * Double(tries)
        if tries < 8, Self.kill(run.process, after: patience) { continue }
        let ended = run.finish()
        #expect(ended.status == 0, "\(ended.text)")
        break
      }
      #expect(try bench.contents(of: "run/shards/000\(index)-of-0003") == ["store.sqlite"])
    }
    for tries in 1...6 {
      let merge = try BenchProcess(
        ["cluster", "merge", bench["run/shards"], "--output", bench["run"]], in: bench)
      _ = Self.kill(merge.process, after: Double(random.uniform(at: 900 + tries)) * 0.15)
    }
    let merged = try Self.merge(bench, ["run/shards"])
    #expect(merged.status == 0, "\(merged.text)")
    #expect(BenchKillTests.bytes(bench, "run") == reference)
    #expect(try bench.contents(of: "scratch") == [])
  }

  /// - Returns: Whether it was killed before it ended.
  static func kill(_ process: Process, after seconds: Double) -> Bool {
    Thread.sleep(forTimeInterval: seconds)
    guard process.isRunning else { return false }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal
  }

  @Test func askedToStopItCopiesWhatIsFinished() throws {
    let bench = try BenchKillTests.bench()
    let run = try Self.shard(bench, "1/1", ["--scratch", bench["scratch"], "--copy-every", "1000"])
    let store = bench["run/shards/0001-of-0001/store.sqlite"]
    while !FileManager.default.fileExists(atPath: store), run.process.isRunning { usleep(1_000) }
    usleep(400_000)
    // A scheduler's two signals, to the shell that passes it on and to the program.
    run.process.terminate()
    usleep(20_000)
    run.process.terminate()
    let ended = run.finish()
    #expect(ended.status == 128 + SIGTERM || ended.status == 0, "\(ended.text)")
    let kept = try patientQueue(store).read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM units") }
    #expect((kept ?? 0) > 0)
    if ended.status != 0 {
      #expect(ended.text.contains("run the same command again to resume"), "\(ended.text)")
      let status = try BenchProcess(["cluster", "status", bench["run"]], in: bench).finish()
      #expect(status.text.contains("  stopped: 1 of 1 shards\n"), "\(status.text)")
    }
  }

  @Test func whatIsMissingIsNamedAndTheExitCodeIsOne() async throws {
    let bench = try BenchCommandTests.bench()
    for shard in ["1/3", "3/3"] {
      let run = await CommandRun(
        "bench", bench["e.yaml"], "--output", bench["run"], "--shard", shard, "--jobs", "1")
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    let merge = await CommandRun("cluster", "merge", bench["run/shards"], "--output", bench["run"])
    #expect(merge.exitCode == 1)
    #expect(
      merge.complaint.contains(" of 96 units are missing (shard 2/3: no store); compute them ("),
      "\(merge.errors)")
    #expect(merge.complaint.hasSuffix("`saliency report \(bench["run"])`"))
    #expect(!FileManager.default.fileExists(atPath: bench["run/table.csv"]), "no tables of a part")
    let status = await CommandRun("cluster", "status", bench["run"])
    #expect(
      status.output.contains("  done: 2 of 3 shards (1,3)\n  missing: 1 of 3 shards (2)\n"),
      "\(status.output)")
    let json = await CommandRun("cluster", "status", bench["run"], "--json")
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(record["units"] as? Int == 96 && (record["parts"] as? [Any])?.count == 3)
  }

  @Test func whatIsWrongIsOneLine() async throws {
    let bench = try BenchCommandTests.bench()
    let shard = await CommandRun("bench", bench["e.yaml"], "--shard", "9/8")
    #expect(shard.exitCode == 64)
    #expect(
      shard.complaint.contains("shard: found \"9/8\", wanted K/N with K from 1 to N, as in 3/8"),
      "\(shard.errors)")
    let scratch = await CommandRun("bench", bench["e.yaml"], "--scratch", bench["s"])
    #expect(scratch.exitCode == 64 && scratch.complaint.contains("wanted --shard K/N with it"))
    let merge = await CommandRun("cluster", "merge", bench["none"], "--output", bench["run"])
    #expect(merge.exitCode == 1 && merge.complaint.hasSuffix("wanted the folder of a shard or a run"))
    let status = await CommandRun("cluster", "status", bench["pictures"])
    #expect(status.exitCode == 1 && status.complaint.contains("there are no shards in it"))
  }
}
