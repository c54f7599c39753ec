import Configuration
import SaliencyCore
import Testing

@testable import Bench
@testable import Methods

/// Profiles in experiments.
@Suite struct ProfileTests {
  private func experiment(_ methods: String, _ more: String = "", profile: ConventionProfile = .paper) throws
    -> Experiment
  {
    var catalogs = standardCatalogs
    catalogs.profile = profile
    return try Experiment(
      parsing: "name: e\nmodels: m\nimages: i\nmethods: \(methods)\nmetrics: sparseness\n\(more)",
      file: "e.yaml",
      catalogs: catalogs)
  }

  @Test func ofTheWholeExperiment() throws {
    let read = try experiment("[grad-cam, smooth-grad(samples=3)]", "profile: captum\n")
    #expect(read.methods[0].method.label == "grad-cam(relu=false)")
    #expect(read.methods[0].map == MapConvention(resize: .nearest, normalise: .mass98))
    #expect(
      read.methods[1].method.label == "smooth-grad(aggregate=mean-magnitude, samples=3, sigma=1)")
    #expect(try experiment("grad-cam", profile: .captum).methods[0].method.label == "grad-cam(relu=false)")
    #expect(try Experiment(canonical: read.canonicalJSON, catalogs: standardCatalogs) == read)
  }

  @Test func ofOneMethod() throws {
    let read = try experiment(
      "[grad-cam, { method: grad-cam, profile: tf-explain }, { method: gradient, profile: tf-keras-vis, score: loss, normalise: max }]"
    )
    #expect(read.methods.map(\.name) == ["grad-cam", "grad-cam (tf-explain)", "gradient (tf-keras-vis)"])
    #expect(read.methods[1].score == .output && read.methods[2].score == .loss)
    #expect(read.methods[2].map == MapConvention(reduction: .maxAbs, normalise: .max))
    #expect(try Experiment(canonical: read.canonicalJSON, catalogs: standardCatalogs) == read)
  }

  @Test func aChoiceAlone() throws {
    let read = try experiment("[{ method: grad-cam, resize: align-corners, order: normalise-first }]")
    #expect(read.methods[0].name == "grad-cam resized align-corners normalise-first")
  }

  @Test func anUnknownNameIsAnErrorWithItsLine() {
    #expect(throws: (any Error).self) { try experiment("gradient", "profile: capdum\n") }
    do {
      _ = try experiment("gradient", "profile: capdum\n")
    } catch {
      #expect(
        "\(error)".hasPrefix("e.yaml:6: no profile is called \"capdum\"; did you mean \"captum\"?"),
        "\(error)")
    }
  }

  @Test func aRunWithProfiles() throws {
    let tiny = try TinyRun()
    let experiment = try tiny.experiment {
      $0.replacing(
        "[gradient, cam, smooth-grad(samples=4)]",
        with:
          "[gradient, { method: gradient, profile: tf-keras-vis }, { method: gradient, profile: tf-explain }]"
      )
    }
    try tiny.run(experiment)
    let results = try tiny.tables().results
    let sparseness = try #require(results.columns.firstIndex { $0.name == "sparseness" })
    let values = (0..<3).map { results.settings[0].values[$0][sparseness][0] }
    #expect(values.allSatisfy(\.isFinite) && Set(values).count == 3, "\(values)")
  }
}
