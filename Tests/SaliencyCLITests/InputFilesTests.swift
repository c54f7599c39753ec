import Foundation
import Testing

@testable import SaliencyCLI

/// No command writes over a file that it reads, and none begins its work before that is known.
@Suite struct InputFilesTests {
  private let bench: Workbench

  init() throws {
    bench = try Workbench()
    try bench.write("preprocessing: unit\nlabels: labels.txt\n", to: "gap.yaml")
  }

  /// Runs a command that must be refused and must leave every file as it is.
  private func refused(_ arguments: String..., naming input: String, of option: String) async throws {
    func files() throws -> [String: Data] {
      let names = try #require(FileManager.default.enumerator(atPath: bench.path)).compactMap {
        $0 as? String
      }
      return Dictionary(
        uniqueKeysWithValues: names.compactMap { name in
          FileManager.default.contents(atPath: bench[name]).map { (name, $0) }
        })
    }
    let before = try files()
    let run = await CommandRun(arguments)
    #expect(run.exitCode == 64, "\(arguments): \(run.errors)")
    #expect(run.complaint.hasPrefix("error: \(option): "), "\(run.errors)")
    #expect(
      run.complaint.contains("\(bench[input])") && run.complaint.contains("would be overwritten"),
      "\(run.errors)")
    #expect(try files() == before)
  }

  @Test func compare() async throws {
    let command = ["compare", bench["photo.png"], "--model", bench["gap.h5"]]
    try await refused(
      command[0], command[1], command[2], command[3], "--output", bench["photo.png"], naming: "photo.png",
      of: "--output")
    try await refused(
      command[0], command[1], command[2], command[3], "--output", bench["photo"], naming: "photo.png",
      of: "--output")
    let run = await CommandRun(command + ["--output", bench["photo.pdf"], "--methods", "gradient"])
    #expect(run.exitCode == 0, "only the PDF is written: \(run.errors)")
  }

  @Test func anInputIsKnownByWhateverName() async throws {
    try FileManager.default.createSymbolicLink(atPath: bench["link.png"], withDestinationPath: "photo.png")
    try FileManager.default.createDirectory(atPath: bench["folder"], withIntermediateDirectories: true)
    for (image, output) in [
      ("photo.png", "link.png"), ("link.png", "link.png"), ("link.png", "photo.png"),
      ("photo.png", "folder/../photo.png"),
    ] {
      try await refused(
        "compare", bench[image], "--model", bench["gap.h5"], "--output", bench[output], naming: output,
        of: "--output")
    }
  }

  @Test func predict() async throws {
    for input in ["photo.png", "gap.h5", "gap.yaml", "labels.txt"] {
      try await refused(
        "predict", bench["photo.png"], "--model", bench["gap.h5"], "--dump-inputs", bench[input],
        naming: input,
        of: "--dump-inputs")
    }
  }

  @Test func explain() async throws {
    try FileManager.default.createDirectory(atPath: bench["out"], withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: bench["gap.h5"], toPath: bench["out/maps.h5"])
    try await refused(
      "explain", bench["photo.png"], "--model", bench["out/maps.h5"], "--preprocessing", "unit", "--output",
      bench["out"],
      naming: "out/maps.h5", of: "--output")
    try bench.picture(named: "more/photo_1_gradient.png", width: 12, height: 12)
    try await refused(
      "explain", bench["photo.png"], bench["more/photo_1_gradient.png"], "--model", bench["gap.h5"],
      "--methods", "gradient",
      "--output", bench["more"], naming: "more/photo_1_gradient.png", of: "--output")
  }

  @Test func bench() async throws {
    let bench = try BenchCommandTests.bench()
    try FileManager.default.createDirectory(atPath: bench["run"], withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: bench["pictures"], toPath: bench["run/figures"])
    try bench.write(
      BenchCommandTests.experiment.replacingOccurrences(of: "images: pictures", with: "images: run/figures"),
      to: "e.yaml")
    let run = await CommandRun("bench", bench["e.yaml"], "--output", bench["run"])
    #expect(run.exitCode == 64)
    #expect(
      run.complaint.hasPrefix("error: --output: \(bench["run/figures/0.png"]) is read as an input"),
      "\(run.errors)")
    #expect(try bench.contents(of: "run") == ["figures"])
  }

  @Test func reproduce() async throws {
    try bench.picture(named: "out/zhou-2016/maps.png", width: 12, height: 12)
    try await refused(
      "reproduce", "zhou-2016", "--images", bench["out/zhou-2016/maps.png"], "--output", bench["out"],
      naming: "out/zhou-2016/maps.png", of: "--output")
  }
}
