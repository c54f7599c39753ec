import Foundation
import Testing

@testable import Cluster

/// The batch scripts; that Slurm runs them is tested by Scripts/slurm-test.sh.
@Suite struct BatchScriptTests {
  static let submission = Submission(
    SubmissionSettings(
      tasks: 3, processors: 2, time: "1:00:00", memory: "4G", partition: "cpu", options: ["--account=a lab"],
      copyEvery: 60),
    shards: 12, program: "/bin/saliency", experiment: "/e/it's.yaml", run: "/r/run", name: "tiny")

  @Test func theScriptHasTheOptionsOfTheSubmission() throws {
    let text = BatchScript(Self.submission).array(of: [1, 2, 3, 7, 12])
    for line in [
      "#SBATCH --array=1-3,7,12%3", "#SBATCH --cpus-per-task=2", "#SBATCH --mem=4G", "#SBATCH --time=1:00:00",
      "#SBATCH --partition=cpu", "#SBATCH --account=\"a lab\"", "#SBATCH --signal=B:USR1@120",
      "#SBATCH --requeue",
      "#SBATCH --output=/r/run/slurm/logs/%A_%a.log", "experiment='/e/it'\\''s.yaml'", "shards=12",
      "export SALIENCY_THREADS=2", "options=\"--jobs 2 --memory 3686M --copy-every 60.0\"",
    ] { #expect(text.contains(line + "\n"), "\(line)\n\(text)") }
    let merge = BatchScript(Self.submission).merge
    #expect(merge.contains("cluster merge \"$run/shards/\"*-\"$division\" --output \"$run\""))
    #expect(!merge.contains("--array"))
  }

  @Test func theScriptsAreSound() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "saliency-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in [
      ("array.sh", BatchScript(Self.submission).array(of: [1])),
      ("merge.sh", BatchScript(Self.submission).merge),
    ] {
      let script = folder.appendingPathComponent(name)
      try text.write(to: script, atomically: true, encoding: .utf8)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-n", script.path]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      #expect(text.split(separator: "\n", omittingEmptySubsequences: false).allSatisfy { $0.count <= 140 })
    }
  }

  @Test(arguments: [
    ([], ""), ([4], "4"), ([1, 2, 3], "1-3"), ([9, 1, 2, 5], "1-2,5,9"), ([2, 2, 3], "2-3"),
  ])
  func numbersAsSlurmWritesThem(_ numbers: [Int], _ text: String) {
    #expect(NumberRanges.text(numbers) == text)
  }

  @Test(arguments: [
    ("5", 300), ("2:30", 150), ("1:00:00", 3600), ("2-0", 172_800), ("1-12:30", 131_400), ("1-0:0:9", 86_409),
    ("UNLIMITED", nil), ("1:2:3:4", nil), ("", nil), ("-5", nil), ("1-", nil), ("a-1", nil),
  ])
  func timesAsSlurmWritesThem(_ text: String, _ seconds: Int?) {
    #expect(SlurmTime.seconds(text) == seconds)
  }

  @Test(arguments: [("4G", "3686M"), ("1000", "900M"), ("800M", "720M"), ("2048K", "1M")])
  func aTaskLeavesSomeRoom(_ slurm: String, _ program: String) {
    #expect(BatchScript.memoryForProgram(slurm) == program)
  }
}
