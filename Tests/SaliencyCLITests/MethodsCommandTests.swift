import Configuration
import Foundation
import Methods
import SaliencyCLI
import SaliencyCore
import Testing

@Suite struct MethodsCommandTests {
  @Test func everyMethodIsListedWithItsPaper() async {
    let run = await CommandRun("methods")
    #expect(run.exitCode == 0)
    for descriptor in MethodCatalog.standard.descriptors {
      #expect(run.output.contains("\(descriptor.identifier): \(descriptor.title), \(descriptor.paper)"))
    }
    #expect(
      run.output.contains(
        "parameters: aggregate=mean, base=gradient, cleanLast=false, noise=0.15, samples=50, seed=0, sigma=null"
      ))
  }

  @Test func json() async throws {
    let run = await CommandRun("methods", "--json")
    let list = try #require(
      JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
    #expect(list.compactMap { $0["name"] as? String } == MethodCatalog.standard.identifiers)
    let smoothGrad = try #require(list.first { $0["name"] as? String == "smooth-grad" })
    #expect((smoothGrad["parameters"] as? [String: Any])?["samples"] as? Int == 50)
  }

  @Test func methodsOfAnotherPackageAreListedToo() async {
    let run = await CommandRun("methods", methods: .standard.adding(Negative.self))
    #expect(run.output.contains("negative: Negative, nobody"))
    #expect(run.output.contains("parameters: scale=2"))
  }
}

/// A method as a user would add it.
private struct Negative: SaliencyMethod {
  static let descriptor = MethodDescriptor("negative", title: "Negative", family: .gradient, paper: "nobody")
  var scale: Float = 2

  func attribution(for request: AttributionRequest) throws -> Attribution {
    Attribution(try request.inputGradient().0 * -scale)
  }
}
