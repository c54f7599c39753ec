import Foundation
import Testing

/// `saliency cluster submit`: options and errors.
@Suite struct SubmitCommandTests {
  @Test(arguments: ["99999999999", "1000001", "0"]) func theNumberOfShardsIsLimited(_ count: String) async {
    for command in [["cluster", "submit", "e.yaml"], ["cluster", "status", "run"]] {
      let run = await CommandRun(command + ["--array", count])
      #expect(run.exitCode == 64)
      #expect(
        run.complaint.contains("--array: found \(count), expected a number from 1 to 1000000"),
        "\(run.errors)")
    }
  }

  @Test func aDryRunWritesAndSubmitsNothing() async throws {
    let bench = try BenchCommandTests.bench()
    let run = await CommandRun(
      "cluster", "submit", bench["e.yaml"], "--output", bench["run"], "--array", "4", "--tasks", "2",
      "--dry-run")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("#SBATCH --array=1-4%2\n") && run.output.contains("96 units of work"))
    #expect(!FileManager.default.fileExists(atPath: bench["run"]))
  }

  @Test func whatIsWrongIsOneLine() async throws {
    let bench = try BenchCommandTests.bench()
    func complaint(_ arguments: String...) async -> String {
      let run = await CommandRun(
        ["cluster", "submit", bench["e.yaml"], "--output", bench["run"]] + arguments)
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
