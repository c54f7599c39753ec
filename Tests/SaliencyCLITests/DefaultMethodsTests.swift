import Foundation
import Methods
import SaliencyCore
import Testing

/// The methods that are applied if none is named.
@Suite struct DefaultMethodsTests {
  private let bench: Workbench

  init() throws {
    bench = try Workbench()
    try FunctionalModel.smooth().write(output: "classes", to: bench["smooth.h5"])
  }

  private func run(_ verb: String, _ model: String, _ arguments: String...) async -> CommandRun {
    await CommandRun(
      [verb, bench["photo.png"], "--model", bench[model], "--preprocessing", "unit"] + arguments)
  }

  private func methods(_ output: String) -> [String] {
    output.split(separator: "\n").dropFirst().prefix {
      !$0.contains(" was left out: ") && !$0.hasPrefix("wrote")
    }
    .map { String($0.prefix { $0 != " " }) }
  }

  @Test func theyAreThoseThatSuitTheModel() async throws {
    let compared = await run("compare", "smooth.h5", "--output", bench["f.svg"])
    #expect(compared.exitCode == 0, "\(compared.errors)")
    #expect(
      methods(compared.output) == [
        "gradient", "grad-cam", "smooth-grad", "integrated-gradients", "hires-cam", "gradient-x-input",
      ], "\(compared.output)")
    for (method, advice) in [
      ("guided-backprop", "use `gradient`"), ("cam", "use `grad-cam`, which generalises CAM to any head"),
      ("guided-grad-cam", "use `gradient`"),
    ] {
      let line = compared.output.split(separator: "\n").first { $0.hasPrefix("\(method) was left out: ") }
      #expect(line?.hasSuffix(advice) == true, "\(compared.output)")
    }
    let figure = try String(contentsOfFile: bench["f.svg"], encoding: .utf8)
    #expect(figure.contains("Not applicable to this model: Guided backprop, CAM, Guided Grad-CAM."))
    let explained = await run("explain", "smooth.h5", "--output", bench["maps"], "--json")
    let found = try #require(
      JSONSerialization.jsonObject(with: Data(explained.output.utf8)) as? [String: Any])
    #expect((found["leftOut"] as? [[String: Any]])?.count == 3)
    #expect((found["records"] as? [[String: Any]])?.allSatisfy { $0["error"] == nil } == true)
  }

  @Test func aModelThatSuitsAllHasTheSix() async {
    let run = await run("compare", "gap.h5", "--output", bench["g.png"])
    #expect(methods(run.output) == MethodCatalog.comparedByDefault)
  }

  /// A named method that does not suit the model says all of its reason, however small the cell.
  @Test func aReasonIsNeverCutOff() async throws {
    let run = await run(
      "compare", "smooth.h5", "--methods", "gradient,guided-backprop,cam", "--output", bench["h.svg"])
    #expect(run.exitCode == 0, "\(run.errors)")
    let figure = try String(contentsOfFile: bench["h.svg"], encoding: .utf8)
    #expect(!figure.contains("…"))
    let words = figure.replacing(/<[^>]*>|\s/, with: "")
    #expect(words.contains("use`grad-cam`,whichgeneralisesCAMtoanyhead"))
    #expect(words.contains("use`gradient`"))
  }
}
