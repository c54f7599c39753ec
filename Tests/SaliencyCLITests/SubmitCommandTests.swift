import Foundation
import Testing

@testable import SaliencyCLI

/// The scripts that are submitted; that Slurm runs them is tested by Scripts/slurm-test.sh.
@Suite struct SubmitCommandTests {
  static let submission = Submission(
    program: "/bin/saliency", experiment: "/e/it's.yaml", run: "/r/run", name: "tiny", shards: 12, nodes: 3,
    processors: 2, time: "1:00:00", memory: "4G", partition: "cpu", options: ["--account=a lab"],
    scratch: nil,
    copyEvery: 60)

  @Test func theScriptSaysWhatWasAskedFor() throws {
    let text = BatchScript(Self.submission).array(of: [1, 2, 3, 7, 12])
    for line in [
      "#SBATCH --array=1-3,7,12%3", "#SBATCH --cpus-per-task=2", "#SBATCH --mem=4G", "#SBATCH --time=1:00:00",
      "#SBATCH --partition=cpu", "#SBATCH --account=\"a lab\"", "#SBATCH --signal=B:USR1@120",
      "#SBATCH --requeue",
      "#SBATCH --output=/r/run/slurm/logs/%A_%a.log", "experiment='/e/it'\\''s.yaml'", "shards=12",
      "export SALIENCY_THREADS=2", "options=\"--jobs 2 --memory 3686M --copy-every 60.0\"",
    ] { #expect(text.contains(line + "\n"), "\(line)\n\(text)") }
    let merge = BatchScript(Self.submission).merge
    #expect(merge.contains("merge \"$run/shards/\"*-\"$division\" --output \"$run\""))
    #expect(!merge.contains("--array"))
  }

  @Test(arguments: ["99999999999", "1000001", "0"]) func theNumberOfShardsIsLimited(_ count: String) async {
    for command in [["submit", "e.yaml"], ["status", "run"]] {
      let run = await CommandRun(command + ["--array", count])
      #expect(run.exitCode == 64)
      #expect(
        run.complaint.contains("--array: found \(count), expected a number from 1 to 1000000"),
        "\(run.errors)")
    }
  }

  @Test func theScriptsAreSound() throws {
    let folder = try Workbench()
    for (name, text) in [
      ("array.sh", BatchScript(Self.submission).array(of: [1])),
      ("merge.sh", BatchScript(Self.submission).merge),
    ] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-n", try folder.write(text, to: name)]
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

  @Test func aDryRunWritesAndSubmitsNothing() async throws {
    let bench = try BenchCommandTests.bench()
    let run = await CommandRun(
      "submit", bench["e.yaml"], "--output", bench["run"], "--array", "4", "--nodes", "2", "--dry-run")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("#SBATCH --array=1-4%2\n") && run.output.contains("96 units of work"))
    #expect(!FileManager.default.fileExists(atPath: bench["run"]))
  }

  @Test func whatIsWrongIsOneLine() async throws {
    let bench = try BenchCommandTests.bench()
    func complaint(_ arguments: String...) async -> String {
      let run = await CommandRun(["submit", bench["e.yaml"], "--output", bench["run"]] + arguments)
      #expect(run.exitCode != 0)
      return run.complaint
    }
    #expect(await complaint().contains("--array: wanted the number of shards, as in --array 100"))
    #expect(await complaint("--array", "0").contains("--array: found 0, expected a number from 1 to 1000000"))
    #expect(await complaint("--array", "2", "--memory", "much").contains("wanted a size such as 4G"))
    #expect(
      await complaint("--array", "2", "--time", "2:30").contains(
        "--time: found 2:30, wanted 5 minutes or more"))
    #expect(
      await complaint("--missing").contains("does not say how the work was divided; wanted --array as before")
    )
  }
}
