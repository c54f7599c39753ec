import Bench
import Foundation
import SaliencyCLI
import SaliencyCore
import Testing

@testable import Configuration
@testable import Metrics

@Suite struct MetricsCommandTests {
  @Test func everyMetricIsListedWithItsPaper() async {
    let run = await CommandRun("metrics")
    #expect(run.exitCode == 0)
    for descriptor in MetricCatalog.standard.descriptors {
      #expect(run.output.contains("\(descriptor.identifier): \(descriptor.title), \(descriptor.paper)"))
    }
    #expect(
      run.output.contains(
        """
        average-drop: Average drop, Chattopadhay 2018, arXiv:1710.11063
          category: faithfulness
          better: drop lower (%), increase higher (%), gain higher (%)
          needs: target
        """))
    #expect(run.output.contains("  category: localisation, averaged over classes\n  better: higher"))
    #expect(run.output.contains("parameters: fill=zero, step=0.00446"))
    #expect(run.output.contains("parameters: object=null"), "a parameter that is not set is one all the same")
  }

  @Test func json() async throws {
    let run = await CommandRun("metrics", "--json")
    let list = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
    #expect(list.compactMap { $0["name"] as? String } == MetricCatalog.standard.identifiers)
    let road = try #require(list.first { $0["name"] as? String == "road" })
    #expect(
      (road["parameters"] as? [String: Any])?["percentages"] as? [Int]
        == Array(stride(from: 10, to: 100, by: 10)))
    #expect(
      (road["values"] as? [[String: Any]])?.map { $0["direction"] as? String } == [
        "higher", "lower", "higher",
      ])
    #expect(road["category"] as? String == "faithfulness")
  }
}
