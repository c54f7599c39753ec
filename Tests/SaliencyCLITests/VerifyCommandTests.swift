import Foundation
import HDF5
import Methods
import SaliencyCLI
import SaliencyCore
import TestSupport
import Testing

@Suite struct VerifyCommandTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  /// Writes a reference for the small model: its maps from `explain`, changed by `change` on the way.
  private func reference(
    _ names: [String: String], change: (String, [Float]) -> [Float] = { $1 }
  ) async throws -> String {
    let run = await CommandRun(
      "explain", bench["photo.png"], "--model", bench["gap.h5"], "--preprocessing", "unit", "--output",
      bench["maps"],
      "--target", "1", "--methods", names.values.sorted().joined(separator: ","))
    #expect(run.exitCode == 0, "\(run.errors)")
    let dump = await CommandRun(
      "predict", bench["photo.png"], "--model", bench["gap.h5"], "--preprocessing", "unit", "--dump-inputs",
      bench["inputs.h5"])
    #expect(dump.exitCode == 0)
    var inputs = try HDF5Reader(path: bench["inputs.h5"])
    var maps = try HDF5Reader(path: bench["maps/maps.h5"])
    let input = try inputs.floats(at: "photo")
    var values: [(String, [Int], [Float])] = []
    for (name, method) in names {
      let path = "photo/1/\(method)/attribution"
      let shape = maps.index.dataset(at: path)?.shape ?? []
      values.append((name, shape, change(name, try maps.floats(at: path))))
    }
    try HDF5Writer.write(to: bench["reference.h5"]) { file in
      try file.dataset("input", shape: [1, 12, 12, 3], input)
      try file.attribute("target", 1)
      for (name, shape, values) in values { try file.dataset(name, shape: shape, values) }
    }
    return bench["reference.h5"]
  }

  private static let datasets = [
    "gradient": "gradient", "grad-cam": "grad-cam", "cam": "cam", "xgrad-cam": "xgrad-cam",
  ]

  /// Files of earlier versions are read; results have today's names.
  @Test func theEarlierSpellingIsRead() async throws {
    let path = try await reference(["gradcam": "grad-cam", "xgradcam": "xgrad-cam"])
    let run = await CommandRun("verify", path, "--model", bench["gap.h5"], "--tolerance", "gradcam=1e-3")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("\ngrad-cam ") && run.output.contains("\nxgrad-cam "), "\(run.output)")
    #expect(!run.output.contains("not checked"))
  }

  @Test func whatAgreesPasses() async throws {
    let path = try await reference(Self.datasets)
    let run = await CommandRun("verify", path, "--model", bench["gap.h5"])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.components(separatedBy: "  ok").count == 5)
  }

  @Test(arguments: ["gradient", "grad-cam", "cam", "xgrad-cam"])
  func aDifferenceOfTwiceTheToleranceIsMissed(dataset: String) async throws {
    let path = try await reference(Self.datasets) { name, values in
      name == dataset ? values.map { $0 * 1.0002 } : values
    }
    let run = await CommandRun("verify", path, "--model", bench["gap.h5"])
    #expect(run.exitCode == 1)
    #expect(run.complaint == "error: \(path): 1 of 4 datasets differ by more than their tolerance")
    let missed = run.output.split(separator: "\n").filter { $0.hasSuffix("MISSED") }
    #expect(missed.count == 1 && missed[0].hasPrefix(dataset + " "))
    let tolerant = await CommandRun(
      "verify", path, "--model", bench["gap.h5"], "--tolerance", "\(dataset)=1e-3")
    #expect(tolerant.exitCode == 0)
  }

  @Test func notANumberIsMissed() async throws {
    let path = try await reference(["gradient": "gradient"]) { _, values in [.nan] + values.dropFirst() }
    #expect(await CommandRun("verify", path, "--model", bench["gap.h5"]).exitCode == 1)
  }

  @Test func anotherNumberOfElementsIsMissed() async throws {
    let path = try await reference(["grad-cam": "gradient"])
    let run = await CommandRun("verify", path, "--model", bench["gap.h5"])
    #expect(run.exitCode == 1)
    #expect(run.output.contains("inf"))
  }

  @Test func unknownDatasetsAreListedAsNotChecked() async throws {
    let path = try await reference(["gradient": "gradient", "lrp": "cam", "smooth-grad": "gradient"])
    let run = await CommandRun("verify", path, "--model", bench["gap.h5"])
    #expect(run.exitCode == 0)
    #expect(run.output.contains("not checked: lrp (not a name that is known)"))
    #expect(
      run.output.contains(
        "not checked: smooth-grad (wanted a dataset smooth-grad-noise beside it and an attribute sigma)"))
  }

  @Test func aReferenceWithNothingToCheckIsNoSuccess() async throws {
    let path = try await reference(["lrp": "gradient"])
    let run = await CommandRun("verify", path, "--model", bench["gap.h5"])
    #expect(run.exitCode == 1)
    #expect(
      run.complaint.hasPrefix(
        "error: \(path): found no dataset that can be checked (it has input, lrp), wanted at least one of logits, "
      ))
  }

  @Test func aFileWithoutAnInput() async throws {
    let run = await CommandRun("verify", bench["gap.h5"], "--model", bench["gap.h5"])
    #expect(run.exitCode == 1)
    #expect(run.complaint.contains("found no dataset \"input\" (it has model_weights/conv/conv/bias:0, "))
  }

  @Test func anUnknownDatasetsTolerance() async {
    let run = await CommandRun("verify", "r.h5", "--model", "m.h5", "--tolerance", "gradent=1")
    #expect(run.exitCode == 64)
    #expect(run.complaint.contains("no dataset is called \"gradent\"; did you mean \"gradient\"?"))
  }

  /// References of the bundled models, made by `Scripts/references/make_references.py`.
  @Test func bundledReferencesAreReproduced() async throws {
    let paths = Bundle.module.paths(forResourcesOfType: "h5", inDirectory: "References")
    #expect(paths.count >= 2, "\(paths)")
    for path in paths {
      let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
      let model = name.replacingOccurrences(of: "-flat", with: "")
      let run = await CommandRun("verify", path, "--model", model, "--json")
      #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
      let found = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
      #expect((found["checks"] as? [Any])?.count ?? 0 >= (name == model ? 19 : 9))
      #expect((found["notChecked"] as? [Any])?.isEmpty == true)
    }
  }

  @Test func aReferenceOfAnotherModel() async throws {
    let path = try await reference(["gradient": "gradient"])
    try bench.writeModel(named: "other.h5", headType: "GlobalAveragePooling2D", size: "8, 8")
    let run = await CommandRun("verify", path, "--model", bench["other.h5"])
    #expect(run.exitCode == 1)
    #expect(
      run.complaint
        == "error: \(path): it does not fit other: input \"conv_input\": found a tensor of shape (1, 12, 12, 3), wanted "
        + "(batch, 8, 8, 3)")
  }

  /// The option that the error recommends is one that the command has.
  @Test func aModelWithTwoOutputs() async throws {
    let path = try await reference(["gradient": "gradient"])
    try bench.writeTwoOutputs(named: "two.h5")
    let ambiguous = await CommandRun("verify", path, "--model", bench["two.h5"])
    #expect(ambiguous.exitCode == 1 && ambiguous.complaint.contains("--output-layer"), "\(ambiguous.errors)")
    let named = await CommandRun("verify", path, "--model", bench["two.h5"], "--output-layer", "first")
    #expect(
      named.output.contains("gradient  ") && !named.errors.contains("--output-layer"), "\(named.errors)")
  }

  @Test func noSuchReference() async {
    let run = await CommandRun("verify", bench["nowhere.h5"], "--model", bench["gap.h5"])
    #expect(run.exitCode == 1)
    #expect(
      run.complaint
        == "error: \(bench["nowhere.h5"]): no such file; wanted an HDF5 file of results to compare with; check the path"
    )
  }

  @Test(
    .enabled(if: TestData.holds("reference"), "\(TestData.missing("reference"))"),
    arguments: [
      ("tiny_gap", "tiny_gap"), ("tiny_vgg", "tiny_vgg"), ("mini_xception", "mini_xception_fer2013"),
      ("squeezenet_cat_dog_boxer", "squeezenet1.1_imagenet"),
      ("squeezenet_cat_dog_tiger_cat", "squeezenet1.1_imagenet"),
    ])
  func tensorFlowsResultsAreReproduced(reference: String, model: String) async throws {
    let run = await CommandRun(
      "verify", try #require(TestData.path("reference/\(reference).h5")), "--model",
      try #require(TestData.path("models/\(model).h5")), "--json")
    #expect(run.exitCode == 0, "\(run.output)")
    let found = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect((found["checks"] as? [Any])?.count ?? 0 >= 17)
    #expect((found["notChecked"] as? [Any])?.isEmpty == true)
  }
}
