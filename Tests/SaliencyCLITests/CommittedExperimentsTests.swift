import Foundation
import Testing

/// The experiments that come with the toolkit say what they claim to say.
@Suite struct CommittedExperimentsTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Experiments/benchmarks").path

  func plan(_ name: String) async throws -> String {
    let run = await CommandRun("bench", "\(Self.folder)/\(name)/experiment.yaml", "--dry-run")
    #expect(run.exitCode == 0, "\(run.errors)")
    return run.output
  }

  @Test func scenesBenchmark() async throws {
    let text = try await plan("scenes-benchmark")
    for model in ["scenes-gap", "scenes-vgg", "scenes-hans", "scenes-random"] {
      #expect(text.contains("  \(model): "))
    }
    #expect(text.contains("images: 300") && text.contains("methods: 13, controls: 3, metrics: 19"))
    #expect(text.contains("requests (model, image, target): 1200"))
  }

  @Test func scenesHansTag() async throws {
    let text = try await plan("scenes-hans-tag")
    #expect(text.contains("images: 32") && text.contains("targets: spotted star"))
    #expect(text.contains("requests (model, image, target): 64"))
  }

  @Test func toolkitConventions() async throws {
    let text = try await plan("toolkit-conventions")
    #expect(text.contains("methods: 30, controls: 1, metrics: 7"), "\(text)")
  }

  @Test func imagenetSqueezeNetAsksWhereThingsAre() async throws {
    let run = await CommandRun("bench", "\(Self.folder)/imagenet-squeezenet/experiment.yaml", "--dry-run")
    guard ProcessInfo.processInfo.environment["MODEL"] == nil else { return }
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("${MODEL} is not set; write MODEL=... before the command"))
  }
}
