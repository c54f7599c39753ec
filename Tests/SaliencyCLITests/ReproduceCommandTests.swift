import Foundation
import Imaging
import Testing

@testable import Support

@Suite struct ReproduceCommandTests {
  private let bench: Workbench

  init() throws {
    bench = try Workbench()
    try bench.picture(named: "other.png", width: 16, height: 16)
    try bench.write(
      "name: gap\nweights: gap.h5\npreprocessing: unit\nlabels: [circle, square, star]\n", to: "gap.yaml")
    try FileManager.default.createDirectory(atPath: bench["own"], withIntermediateDirectories: true)
    try bench.write(
      """
      name: own
      title: One figure of each kind
      paper: nobody's
      reproduces: nothing
      model: ../gap.h5
      images: [../photo.png, ../other.png]
      figures:
        - name: maps
          kind: panels
          title: Maps
          defaults: { target: star, note: "{class}, largest {largest:3}" }
          rows: { images: [photo, other] }
          columns:
            - show: picture
            - { method: smooth-grad(samples=2), sweep: { noise: [0, 0.2] } }
            - { method: grad-cam, layer: convolutional, show: region }
            - { method: cam, enlargements: [nearest, top-left] }
        - name: alike
          kind: table
          rows: { methods: [grad-cam, gradient], against: { method: cam } }
          over: { images: "*" }
          columns: [{ measure: difference, format: 6 }, { label: alike, measure: spearman }]
        - name: gap
          kind: curves
          lines: { method: integrated-gradients }
          over: { images: "*" }
          sweep: { steps: [1, 4] }
          measure: completeness-gap
        - name: units
          kind: units
          targets: [star]
          units: 2
          shown: 2
          over: { images: "*" }
      """, to: "own/experiment.yaml")
  }

  private func reproduce(_ arguments: String...) async -> CommandRun {
    await CommandRun(["reproduce"] + arguments)
  }

  @Test func withoutANameTheyAreListed() async {
    let run = await reproduce()
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("zhou-2016: Class activation maps"))
    #expect(run.output.contains("Smilkov 2017, arXiv:1706.03825, figures 3, 4 and 5"))
  }

  @Test func aNameThatIsNone() async {
    let run = await reproduce("zhou-2017")
    #expect(run.exitCode == 64)
    #expect(
      run.complaint.hasPrefix(
        "error: no experiment to reproduce is called \"zhou-2017\"; did you mean \"zhou-2016\""))
  }

  @Test func allAndANameAreTooMuch() async {
    let run = await reproduce("--all", "zhou-2016")
    #expect(run.exitCode == 64)
    #expect(run.complaint.hasPrefix("error: --all: \"zhou-2016\" is given too"))
  }

  @Test func optionsOfAModelWithoutOne() async {
    let run = await reproduce("zhou-2016", "--preprocessing", "tf")
    #expect(run.exitCode == 64)
    #expect(run.complaint.hasPrefix("error: options of the model are given without --model"))
  }

  @Test func theSameFilesTwice() async throws {
    for name in ["a", "b"] {
      let run = await reproduce(
        bench["own"], "--output", bench[name], "--format", "png", "--format", "pdf", "--format", "svg")
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(run.errors.isEmpty, "\(run.errors)")
    }
    let files = try bench.contents(of: "a/own")
    let wanted = [
      "maps.png", "maps.pdf", "maps.svg", "maps.csv", "alike.csv", "alike.md", "units.png", "units.csv",
    ]
    for file in wanted { #expect(files.contains(file), "\(file) among \(files)") }
    for file in files where !file.hasPrefix("store.sqlite") {
      let contents = try ["a", "b"].map {
        try Data(contentsOf: URL(fileURLWithPath: bench["\($0)/own/\(file)"]))
      }
      #expect(contents[0] == contents[1], "\(file)")
      #expect(!contents[0].isEmpty)
    }
  }

  /// A table that names no images measures the first one, and says so wherever it is read.
  @Test func aTableOverOneImageSaysSo() async throws {
    try FileManager.default.createDirectory(atPath: bench["one"], withIntermediateDirectories: true)
    try bench.write(
      """
      name: one
      title: One
      paper: none
      reproduces: nothing
      model: scenes-gap
      images: scenes-test[0..<3]
      figures:
        - name: areas
          kind: table
          rows: { method: grad-cam }
          over: { targets: [top] }
          columns: [{ label: largest, measure: largest }]
        - name: all
          kind: table
          rows: { method: grad-cam }
          over: { images: all, target: top }
          columns: [{ label: largest, measure: largest }]
      """, to: "one/experiment.yaml")
    let run = await reproduce(bench["one"], "--output", bench["tables"])
    #expect(run.exitCode == 0)
    #expect(
      run.errors
        == "one: areas: Only the first of 3 images, one-000, is measured: nothing names images; add images to "
        + "\"over\", as in over: { images: all }.\n")
    let one = try String(contentsOfFile: bench["tables/one/areas.md"], encoding: .utf8)
    #expect(one.contains("|  | n = 1 |") && one.contains("Only the first of 3 images"), "\(one)")
    let all = try String(contentsOfFile: bench["tables/one/all.md"], encoding: .utf8)
    #expect(all.contains("|  | n = 3 |") && !all.contains("Only"), "\(all)")
  }

  /// The identity is exact but for rounding: the head is one dense layer on the means.
  @Test func numbersStandBeside() async throws {
    #expect(await reproduce(bench["own"], "--output", bench["out"]).exitCode == 0)
    let table = try String(contentsOfFile: bench["out/own/alike.csv"], encoding: .utf8)
    let rows = table.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(rows[0] == ["row", "column", "mean", "low", "high", "n"])
    #expect(rows[1][0] == "Grad-CAM" && rows[1][5] == "2")
    #expect(try #require(Double(rows[1][2])) < 1e-5)
  }

  @Test func aModelAndPicturesOfOnesOwn() async throws {
    let run = await reproduce(
      bench["own"], "--model", bench["vgg.h5"], "--preprocessing", "unit", "--labels", bench["labels.txt"],
      "--images", bench["other.png"], "--output", bench["out"], "--format", "svg")
    #expect(run.exitCode == 0, "\(run.errors)")
    let drawing = try String(contentsOfFile: bench["out/own/maps.svg"], encoding: .utf8)
    #expect(drawing.contains(">other<") && !drawing.contains(">photo<"))
    #expect(drawing.contains("flattens a map"), "a method that does not suit the model says so in its place")
    #expect(run.errors.contains("\"alike\" was not made: "), "\(run.errors)")
  }

  /// What needs labels or annotations is asked about the top class, or missing in its place; it stops nothing else.
  @Test func picturesWithoutLabels() async throws {
    let run = await reproduce(
      "zhou-2016", "failure-cases", "--model", bench["gap.h5"], "--preprocessing", "unit", "--labels",
      bench["labels.txt"], "--images", bench["photo.png"], bench["other.png"], "--output", bench["out"],
      "--format", "svg")
    #expect(run.exitCode == 0, "\(run.errors)")
    for file in ["zhou-2016/predicted.svg", "zhou-2016/boxes.svg", "failure-cases/enlarging.svg"] {
      #expect(FileManager.default.fileExists(atPath: bench["out/\(file)"]), "\(file): \(run.errors)")
    }
    #expect(
      run.errors.contains("\"localisation\" was not made: there is no number for any of its rows"),
      "no annotation, no error: \(run.errors)")
    #expect(
      FileManager.default.fileExists(atPath: bench["out/zhou-2016/units.svg"]),
      "it asks about the classes that the model has: \(run.errors)")
  }

  @Test func classesOfOnesOwn() async throws {
    let run = await reproduce(
      "selvaraju-2017", "--model", bench["gap.h5"], "--preprocessing", "unit", "--labels",
      bench["labels.txt"], "--images", bench["photo.png"], "--target", "square", "--target", "circle",
      "--output", bench["out"], "--format", "svg")
    #expect(run.exitCode == 0, "\(run.errors)")
    let classes = try String(contentsOfFile: bench["out/selvaraju-2017/two-classes.svg"], encoding: .utf8)
    #expect(classes.contains(">square<") && classes.contains(">circle<") && !classes.contains(">star<"))
    let layers = try String(contentsOfFile: bench["out/selvaraju-2017/layers.svg"], encoding: .utf8)
    #expect(layers.contains(">square<") && !layers.contains(">circle<"), "one class is asked about there")
  }

  /// A folder with more photographs than a page holds becomes pages, and no photograph is left out.
  @Test func aFolderOfManyPictures() async throws {
    try FileManager.default.createDirectory(atPath: bench["many"], withIntermediateDirectories: true)
    for i in 10..<51 { try bench.picture(named: "many/p\(i).png", width: 12, height: 12) }
    let run = await reproduce(
      "everyday-objects", "--model", bench["gap.h5"], "--preprocessing", "unit", "--labels",
      bench["labels.txt"], "--images", bench["many"], "--output", bench["out"], "--format", "svg")
    #expect(run.exitCode == 0, "\(run.errors)")
    let files = try bench.contents(of: "out/everyday-objects").filter { $0.hasSuffix(".svg") }
    #expect(files == ["overlays-page-2.svg", "overlays-page-3.svg", "overlays.svg"])
    let pages = try files.map {
      try String(contentsOfFile: bench["out/everyday-objects/\($0)"], encoding: .utf8)
    }.joined()
    for i in 10..<51 { #expect(pages.contains(">p\(i)<"), "p\(i)") }
  }

  /// One picture that cannot be read is a row that says so, and stops no other; a method that does not suit the model is one too.
  @Test func aFolderWithABrokenPicture() async throws {
    try FileManager.default.createDirectory(atPath: bench["mixed"], withIntermediateDirectories: true)
    try bench.picture(named: "mixed/a.png", width: 12, height: 12)
    try bench.write("no picture", to: "mixed/b.jpg")
    let run = await reproduce(
      "everyday-objects", "zhou-2016", "--model", bench["vgg.h5"], "--preprocessing", "unit", "--labels",
      bench["labels.txt"], "--images", bench["mixed"], "--output", bench["out"], "--format", "svg")
    #expect(run.exitCode == 0, "\(run.errors)")
    let overlays = try String(contentsOfFile: bench["out/everyday-objects/overlays.svg"], encoding: .utf8)
    #expect(overlays.contains(">a<") && overlays.contains(">b<"))
    // Without its tags, for where a line of the cell is broken depends on the folder's random name.
    let words = overlays.replacing(/<[^>]*>|\s/, with: "")
    #expect(words.contains("b.jpg:foundatextfile"), "the cells say what is wrong with the file")
    #expect(run.errors.contains("\"localisation\" was not made: "), "\(run.errors)")
  }

  /// What compares bundled models with one another says so; the other figures are made.
  @Test func oneModelInPlaceOfTwoThatAreCompared() async throws {
    let run = await reproduce(
      "lapuschkin-2019", "springenberg-2015", "--model", "scenes-vgg", "--images", bench["photo.png"],
      "--output",
      bench["out"], "--format", "svg")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(
      run.errors.contains(
        "lapuschkin-2019: \"tag\" was not made: it compares models with one another, and one was given"))
    let pooling = try String(contentsOfFile: bench["out/springenberg-2015/pooling.svg"], encoding: .utf8)
    #expect(!pooling.contains("scenes-gap") && !pooling.contains("allconv"), "no other model is named")
  }

  @Test func whatIsWrongInAFileHasItsLine() async throws {
    try bench.write("name: own\ntitel: x\n", to: "own/experiment.yaml")
    let run = await reproduce(bench["own"])
    #expect(run.exitCode == 1)
    #expect(run.complaint.contains("experiment.yaml:2: unknown key \"titel\"; did you mean \"title\"?"))
  }
}
