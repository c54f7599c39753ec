import Foundation
import Imaging
import Methods
import SaliencyCLI
import SaliencyCore
import Testing

@Suite struct CompareCommandTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private func compare(_ model: String = "gap.h5", _ arguments: String...) async -> CommandRun {
    await CommandRun(
      ["compare", bench["photo.png"], "--model", bench[model], "--preprocessing", "unit"] + arguments)
  }

  @Test func sixMethodsInOneFigure() async throws {
    let run = await compare("gap.h5", "--output", bench["out/figure"])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.errors.isEmpty)
    #expect(try bench.contents(of: "out") == ["figure.pdf", "figure.png"])
    let lines = run.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines[0] == ["method", "seconds", "passes", "ReLUs"])
    #expect(lines[1...6].map { String($0[0]) } == MethodCatalog.comparedByDefault)
    #expect(lines[2].suffix(4) == ["0", "+", "1", "1"], "one backward pass, one ReLU matched")
    #expect(lines[6].suffix(3) == ["50", "+", "50"])
    #expect(run.output.hasSuffix("wrote \(bench["out/figure.png"])\nwrote \(bench["out/figure.pdf"])\n"))
    let figure = try Image(contentsOf: bench["out/figure.png"])
    #expect(figure.width > 3 * figure.height, "one row of seven cells")
    let document = try Data(contentsOf: URL(fileURLWithPath: bench["out/figure.pdf"]))
    #expect(document.starts(with: Array("%PDF".utf8)))
  }

  @Test func aRowForEachPictureAndClass() async throws {
    try bench.picture(named: "other.png", width: 12, height: 12)
    let run = await compare(
      "gap.h5", bench["other.png"], "--target", "star", "--target", "circle", "--labels", bench["labels.txt"],
      "--methods",
      "gradient", "--output", bench["figure.svg"], "--output", bench["figure"], "--json")
    #expect(run.exitCode == 0, "\(run.errors)")
    let found = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(found["figures"] as? [String] == ["svg", "png", "pdf"].map { bench["figure.\($0)"] })
    let records = try #require(found["records"] as? [[String: Any]])
    #expect(records.map { $0["label"] as? String } == ["star", "circle", "star", "circle"])
    let drawing = try String(contentsOfFile: bench["figure.svg"], encoding: .utf8)
    for word in ["star", "circle", "photo", "other", "Gradient"] { #expect(drawing.contains(">\(word)<")) }
  }

  @Test func aClassAskedForTwiceIsOneRow() async throws {
    let run = await compare(
      "gap.h5", "--target", "top", "--target", "top1", "--methods", "gradient", "--output", bench["f.png"],
      "--json")
    let found = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect((found["records"] as? [Any])?.count == 1)
  }

  @Test func aMethodThatCannotAnswerStopsNothing() async throws {
    let run = await compare("vgg.h5", "--output", bench["figure.svg"], "--methods", "gradient,cam,grad-cam")
    #expect(run.exitCode == 0, "the others worked")
    #expect(run.errors.isEmpty)
    let row = try #require(run.output.split(separator: "\n").first { $0.hasPrefix("cam ") })
    #expect(row.hasSuffix("use `grad-cam`, which generalises CAM to any head"))
    #expect(try String(contentsOfFile: bench["figure.svg"], encoding: .utf8).contains("flattens a map"))
  }

  @Test func noMethodAtAllIsAFailure() async {
    let run = await compare("vgg.h5", "--output", bench["figure.png"], "--methods", "cam")
    #expect(run.exitCode == 1)
    #expect(run.complaint.hasPrefix("error: CAM cannot explain vgg: "))
  }

  @Test func theSameFigureTwiceIsTheSameFile() async throws {
    for name in ["a", "b"] {
      #expect(await compare("gap.h5", "--output", bench[name]).exitCode == 0)
    }
    for suffix in ["png", "pdf"] {
      let files = try ["a", "b"].map { try Data(contentsOf: URL(fileURLWithPath: bench["\($0).\(suffix)"])) }
      #expect(files[0] == files[1])
    }
  }

  @Test func onlyWhatWasAskedForIsWritten() async throws {
    for suffix in ["png", "pdf", "svg"] {
      let run = await compare(
        "gap.h5", "--methods", "gradient", "--output", bench["\(suffix)/figure.\(suffix)"])
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(try bench.contents(of: suffix) == ["figure.\(suffix)"])
    }
  }

  @Test func suffixesThatAreNotWritten() async {
    let run = await compare("gap.h5", "--output", bench["figure.jpg"])
    #expect(run.exitCode == 64)
    #expect(run.complaint.hasPrefix("error: --output: found the suffix .jpg, wanted .png, .pdf or .svg"))
  }

  @Test(arguments: [
    ("grad-cm", "no method is called \"grad-cm\"; did you mean \"grad-cam\""),
    ("smooth-grad(sample=2)", "smooth-grad has no parameter \"sample\"; did you mean \"samples\"?"),
    ("smooth-grad(samples=0)", "smooth-grad: samples: found 0, expected at least 1"),
    ("smooth-grad(samples", "cannot read \"smooth-grad(samples\""),
  ])
  func methodsThatAreNone(list: String, complaint: String) async {
    let run = await compare("gap.h5", "--methods", list, "--output", bench["f.png"])
    #expect(run.exitCode == 64)
    #expect(run.complaint.hasPrefix("error: --methods: \(complaint)"), "\(run.errors)")
  }
}
