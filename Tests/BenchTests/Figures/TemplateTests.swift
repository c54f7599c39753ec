import SaliencyCore
import Testing

@testable import Bench
@testable import Metrics

@Suite struct TemplateTests {
  private func complaint(_ text: String) -> String {
    do {
      _ = try Template(text, metrics: .standard)
      return "none"
    } catch { return "\(error)" }
  }

  @Test func textsAndMeasures() throws {
    let template = try Template("{class}, {relevance-mass:percent} of it", metrics: .standard)
    #expect(template.measures.map(\.name) == ["class", "relevance-mass"])
    #expect(template.measures.map(\.needsNoMap) == [true, false])
  }

  @Test func aNumberOfAMetricWithSeveral() throws {
    let template = try Template("{box-localisation(threshold=0.5).iou:3}", metrics: .standard)
    #expect(template.measures.map(\.name) == ["box-localisation(threshold=0.5).iou"])
  }

  @Test func whatIsWrongIsSaid() {
    #expect(complaint("{class") == "cannot read \"{class\": a \"{\" without its \"}\"")
    #expect(complaint("{clas}").contains("no measure or metric is called \"clas\"; did you mean \"class\""))
    #expect(complaint("{relevance-mas}").contains("did you mean \"relevance-mass\""))
    #expect(
      complaint("{box-localisation.io}").contains(
        "no number of box-localisation is called \"io\"; did you mean \"iou\"?"))
    #expect(complaint("{area:per}").contains("behind the colon stands \"percent\", a number of digits"))
  }

  @Test func howNumbersAreWritten() {
    #expect(Template.Format.percent(0)(0.426) == "43%")
    #expect(Template.Format("percent") == .percent(0))
    #expect(Template.Format("percent1")?(0.085) == "8.5%")
    #expect(Template.Format("percent-1") == nil && Template.Format("percents") == nil)
    #expect(Template.Format.digits(2)(0.426) == "0.43")
    #expect(Template.Format.digits(2)(0) == "0.00")
    #expect(Template.Format.digits(2)(-0.00012) == "0.00", "no number is minus zero")
    #expect(Template.Format.significant(2)(0.000123) == "0.00012")
    #expect(Template.Format("3g") == .significant(3))
  }
}
