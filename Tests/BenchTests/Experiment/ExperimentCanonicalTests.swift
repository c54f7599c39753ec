import Foundation
import Methods
import SaliencyCore
import Testing

@testable import Bench
@testable import Configuration

@Suite struct ExperimentCanonicalTests {
  @Test func theCanonicalFormReadsBackAsTheSameExperiment() throws {
    let experiment = try ExperimentReadingTests.read(ExperimentReadingTests.whole)
    let again = try Experiment(canonical: experiment.canonicalJSON, catalogs: standardCatalogs)
    #expect(again == experiment)
    #expect(again.canonicalJSON == experiment.canonicalJSON)
  }

  @Test func itIsCodable() throws {
    let experiment = try ExperimentReadingTests.read(ExperimentReadingTests.whole)
    let data = try JSONEncoder().encode(experiment)
    let decoder = JSONDecoder()
    #expect(throws: ConfigurationError.self) { try decoder.decode(Experiment.self, from: data) }
    decoder.userInfo[Catalogs.key] = standardCatalogs
    #expect(try decoder.decode(Experiment.self, from: data) == experiment)
  }

  @Test func orderOfKeysAndWrittenDefaultsDoNotMatter() throws {
    let plain = "name: e\nmodels: m\nimages: p\nmethods: smooth-grad\nmetrics: sparseness\n"
    let long = """
      metrics: [{ metric: sparseness }]
      methods:
        - smooth-grad: { noise: 0.15, samples: 50, base: gradient, aggregate: mean }
      seed: 0
      target: top
      image: { folder: p }
      model: m
      name: e
      """
    #expect(
      try ExperimentReadingTests.read(plain).canonicalJSON == ExperimentReadingTests.read(long).canonicalJSON)
  }

  @Test func aLabelIsNoPartOfAMethodsKey() {
    let plain = MethodChoice(GradCAM())
    #expect(plain.keyText == MethodChoice(GradCAM(), label: "x").keyText)
    #expect(plain.keyText != MethodChoice(GradCAM(), layer: "x").keyText)
    #expect(plain.keyText != MethodChoice(GradCAM(counterfactual: true)).keyText)
  }
}
