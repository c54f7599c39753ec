import Foundation
import GRDB
import SaliencyCore
import Testing

/// Runs that are killed, stopped, doubled, or short of room: the tables must not show it.
@Suite(
  .serialized,
  .enabled(if: BenchProcess.program != nil, "skipped: the program was not built beside the tests"))
struct BenchKillTests {
  /// Enough work for a second or more, in many units.
  static func bench() throws -> Workbench {
    let bench = try BenchCommandTests.bench()
    for i in 4..<16 { try bench.picture(named: "pictures/\(i).png", width: 18 + i, height: 14) }
    try bench.write(
      BenchCommandTests.experiment.replacingOccurrences(of: "samples=6", with: "samples=200"), to: "e.yaml")
    return bench
  }

  static func run(_ bench: Workbench, to folder: String, _ options: [String] = []) throws -> BenchProcess {
    try BenchProcess(["bench", bench["e.yaml"], "--output", bench[folder]] + options, in: bench)
  }

  static let compared = ["table.csv", "rows.csv", "curves.csv", "agreement.csv", "failures.csv", "table.tex"]

  static func bytes(_ bench: Workbench, _ folder: String) -> [Data?] {
    compared.map { FileManager.default.contents(atPath: bench["\(folder)/\($0)"]) }
  }

  @Test func killedAtTwentyMomentsTheBytesAreTheSame() throws {
    let bench = try Self.bench()
    let start = Date()
    let whole = try Self.run(bench, to: "whole").finish()
    #expect(whole.status == 0, "\(whole.text)")
    let seconds = Date().timeIntervalSince(start)
    let reference = Self.bytes(bench, "whole")
    #expect(reference.allSatisfy { ($0?.count ?? 0) > 100 })
    let random = CounterRandom(seed: 20)
    var (kills, runs) = (0, 0)
    while kills < 20 {
      runs += 1
      try #require(runs < 200, "the runs end before they can be killed")
      let run = try Self.run(bench, to: "killed", ["--jobs", "\(1 + runs % 3)"])
      Thread.sleep(forTimeInterval: seconds * 0.7 * Double(random.uniform(at: runs)))
      if run.process.isRunning {
        kill(run.process.processIdentifier, SIGKILL)
        if run.finish().status == SIGKILL { kills += 1 }
      } else {
        let ended = run.finish()
        #expect(ended.status == 0, "\(ended.text)")
        #expect(Self.bytes(bench, "killed") == reference)
        // From the start again, for there is nothing left to kill.
        try FileManager.default.removeItem(atPath: bench["killed"])
      }
    }
    let last = try Self.run(bench, to: "killed").finish()
    #expect(last.status == 0, "\(last.text)")
    #expect(Self.bytes(bench, "killed") == reference)
  }

  @Test func twoProcessesShareTheWork() throws {
    let bench = try Self.bench()
    let runs = try (0..<2).map { _ in try Self.run(bench, to: "shared", ["--json"]) }
    var computed = 0
    for run in runs {
      let ended = run.finish()
      #expect(ended.status == 0, "\(ended.text)")
      let record = try #require(
        try JSONSerialization.jsonObject(with: Data(ended.text.utf8)) as? [String: Any])
      let (units, found) = try (#require(record["units"] as? Int), #require(record["found"] as? Int))
      let shared = try #require(record["shared"] as? Int)
      #expect(units == 16 * 2 * 2 * 6)
      computed += units - found - shared
    }
    let store = try patientQueue(bench["shared/store.sqlite"])
    let kept = try store.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM units") }
    #expect(computed == kept, "no unit was computed twice")
    _ = try Self.run(bench, to: "alone").finish()
    #expect(Self.bytes(bench, "shared") == Self.bytes(bench, "alone"))
  }

  @Test func askedToStopItStopsInOrder() throws {
    let bench = try Self.bench()
    let run = try Self.run(bench, to: "stopped")
    while !FileManager.default.fileExists(atPath: bench["stopped/store.sqlite"]), run.process.isRunning {
      usleep(1_000)
    }
    usleep(300_000)
    run.process.terminate()
    let ended = run.finish()
    // It may have been faster than the signal.
    #expect(ended.status == 128 + SIGTERM || ended.status == 0, "\(ended.text)")
    if ended.status != 0 { #expect(ended.text.contains("run the same command again to resume")) }
    let store = try patientQueue(bench["stopped/store.sqlite"])
    #expect(
      try store.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM claims") } == 0,
      "nothing stays claimed")
    #expect(try Self.run(bench, to: "stopped").finish().status == 0)
  }

  /// A limit on the size of files stands for a full disk.
  @Test func aFullDiskLosesNothing() throws {
    let bench = try Self.bench()
    try bench.write(
      "#!/bin/sh\ntrap '' XFSZ\nulimit -f \"$1\"\nshift\nexec \"$@\"\n", to: "limited.sh")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      bench["limited.sh"], "3000", BenchProcess.program ?? "", "bench", bench["e.yaml"], "--output",
      bench["full"],
    ]
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1 && text.hasPrefix("error: \(bench["full"])"), "\(text)")
    let kept = try patientQueue(bench["full/store.sqlite"]).read {
      try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM units") ?? 0
    }
    #expect(kept > 0, "what was finished before is there")
    // With room again, the same command goes on.
    #expect(try Self.run(bench, to: "full").finish().status == 0)
    _ = try Self.run(bench, to: "alone").finish()
    #expect(Self.bytes(bench, "full") == Self.bytes(bench, "alone"))
  }
}
