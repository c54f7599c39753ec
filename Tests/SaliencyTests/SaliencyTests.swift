import Saliency
import Testing

/// One import is enough for a program.
@Suite struct SaliencyTests {
  @Test func oneImportBringsEveryModule() throws {
    #expect(try MethodCatalog.standard.parseList("gradient, grad-cam").count == 2)
    #expect(MetricCatalog.standard.identifiers.contains("deletion"))
    #expect(try ModelRequest("scenes-gap").load().model.classCount > 1)
    let pipeline = SaliencyPipeline(model: ModelRequest("scenes-gap"))
    #expect(pipeline.score == nil && pipeline.profile.name == "paper")
    #expect(Panel(columns: [], rows: []).rows.isEmpty)
  }
}
