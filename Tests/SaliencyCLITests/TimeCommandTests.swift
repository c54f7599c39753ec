import Foundation
import Testing

/// `saliency time`: what it prints, never how long anything took.
@Suite struct TimeCommandTests {
  @Test func everyRowOfAFileIsTimed() async throws {
    let bench = try Workbench()
    let run = await CommandRun(
      "time", bench["gap.h5"], "--samples", "3", "--repeat", "2", "--threads", "1", "--json")
    #expect(run.exitCode == 0 && run.errors == "", "\(run.errors)")
    let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let rows = try #require(report["rows"] as? [[String: Any]])
    #expect(
      rows.map { $0["name"] as? String } == [
        "gap:forward", "gap:gradient", "gap:guided-backprop", "gap:grad-cam", "gap:guided-grad-cam",
        "gap:smooth-grad", "gap:six",
      ])
    for row in rows {
      let times = try #require(row["times"] as? [Double])
      #expect(times.count == 2 && times == times.sorted() && row["minimum"] as? Double == times[0])
      // A last digit is lost on the way through JSON.
      let median = try #require(row["median"] as? Double)
      #expect(abs(median - (times[0] + times[1]) / 2) <= 1e-9 * times[1])
      #expect(try #require(row["peakMemory"] as? Int) > 1 << 20)
    }
    #expect(report["threads"] as? Int == 1 && report["samples"] as? Int == 3)
    #expect(["avx512", "avx2", "baseline"].contains(report["instructionSet"] as? String))
    let overhead = try #require(report["overheadPerNode"] as? [String: Double])
    #expect(Set(overhead.keys) == ["forward", "backward"])
  }

  @Test func aBuiltInArchitectureNeedsNoFile() async throws {
    let run = await CommandRun("time", "--models", "SqueezeNet", "--rows", "forward", "--repeat", "1")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("threads ") && run.output.contains("SqueezeNet:forward"))
  }

  @Test func methodsAreTimedUnderTheirOwnNames() async throws {
    let bench = try Workbench()
    let run = await CommandRun(
      "time", bench["vgg.h5"], "--methods", "cam,grad-cam,integrated-gradients(steps=2)", "--repeat", "1")
    #expect(run.exitCode == 0, "\(run.errors)")
    // CAM does not suit a network that flattens its maps.
    #expect(run.output.contains("vgg:grad-cam ") && !run.output.contains("vgg:cam "))
    #expect(run.output.contains("vgg:integrated-gradients(steps=2)"))
  }

  @Test func whatIsWrongIsSaid() async throws {
    let row = await CommandRun("time", "--rows", "gradients")
    #expect(row.exitCode == 64)
    #expect(
      row.errors.contains("no row is called \"gradients\"; did you mean \"gradient\"?"), "\(row.errors)")
    let old = await CommandRun("time", "--rows", "grad_cam")
    #expect(
      old.exitCode == 64 && old.errors.contains("did you mean \"grad-cam\"?"), "\(old.errors)")
    let count = await CommandRun("time", "--repeat", "0")
    #expect(count.exitCode == 64 && count.errors.contains("--repeat: found 0, wanted at least 1"))
    let model = await CommandRun("time", "--models", "vgg61")
    #expect(model.exitCode == 1 && model.errors.contains("vgg61"), "\(model.errors)")
  }
}
