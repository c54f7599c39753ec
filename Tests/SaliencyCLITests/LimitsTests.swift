import Foundation
import Testing

/// Values that an option, a parameter or a variable does not take are errors, never ignored.
@Suite struct LimitsTests {
  @Test(arguments: [
    (
      "smooth-grad(noise=1e308)",
      "smooth-grad: noise: found 1e+308, expected a number of at most 3.4028235e+38"
    ),
    (
      "smooth-grad(noise=1e30)",
      "smooth-grad: noise: found 1e+30, expected at most 100 (0.15 is 15% of the range)"
    ),
    ("smooth-grad(samples=10000000000)", "smooth-grad: samples: found 10000000000, expected at most 1000000"),
    (
      "integrated-gradients(steps=10000000)",
      "integrated-gradients: steps: found 10000000, expected at most 1000000"
    ),
    (
      "integrated-gradients(baseline=1e308)",
      "integrated-gradients: baseline: found inf, expected black or a number of at most 3.4028235e+38"
    ),
  ])
  func parametersHaveLimits(_ method: String, _ sentence: String) async throws {
    let bench = try Workbench()
    let run = await CommandRun(
      "compare", bench["photo.png"], "--model", bench["gap.h5"], "--preprocessing", "unit", "--methods",
      method,
      "--output", bench["f.png"])
    #expect(run.exitCode == 64)
    #expect(run.complaint.hasPrefix("error: --methods: \(sentence)"), "\(run.errors)")
  }

  @Test(.enabled(if: BenchProcess.program != nil, "skipped: the program was not built beside the tests"))
  func theInstructionSetsName() throws {
    let bench = try Workbench()
    for name in ["AVX2", "avx2", "Baseline", "AVX512"] {
      let done = try BenchProcess(["methods"], in: bench, environment: ["SALIENCY_ISA": name]).finish()
      #expect(done.status == 0, "\(name): \(done.text)")
    }
    let done = try BenchProcess(["methods"], in: bench, environment: ["SALIENCY_ISA": "avx3"]).finish()
    #expect(done.status == 64)
    #expect(
      done.text.hasPrefix("error: SALIENCY_ISA: found \"avx3\", wanted avx512, avx2 or baseline"),
      "\(done.text)")
  }

  @Test func theSizeOfAModelOfOneSize() async throws {
    let bench = try Workbench()
    for (verb, rest) in [
      ("predict", []), ("compare", ["--output", bench["f.png"]]), ("explain", ["--output", bench["maps"]]),
    ] {
      let run = await CommandRun(
        [
          verb, bench["photo.png"], "--model", bench["gap.h5"], "--preprocessing", "unit", "--input-size",
          "24",
        ] + rest)
      #expect(run.exitCode == 1)
      #expect(
        run.complaint
          == "error: \(bench["gap.h5"]): input \"conv_input\" has the fixed size 12x12, found 24x24 as the size of the input; "
          + "leave out --input-size (or input-size: in the sidecar)", "\(run.errors)")
    }
    let same = await CommandRun(
      "predict", bench["photo.png"], "--model", bench["gap.h5"], "--preprocessing", "unit", "--input-size",
      "12")
    #expect(same.exitCode == 0, "\(same.errors)")
  }
}
