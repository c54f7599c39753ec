import Foundation
import Methods
import ModelLibrary
import SaliencyCore
import Testing

@testable import Bench

/// Figures that compute what they show, as an experiment declares them.
@Suite struct FigureReadingTests {
  private static let catalogs = Catalogs(methods: .standard)

  private static let head = """
    name: x
    title: X
    paper: P 2020
    reproduces: figure 1
    model: scenes-gap
    images: scenes-test

    """

  private func complaint(_ figures: String) -> String {
    do {
      _ = try Experiment(parsing: Self.head + figures, file: "x.yaml", catalogs: Self.catalogs)
      return "none"
    } catch { return error.description }
  }

  @Test func aFigureOfEachKind() throws {
    let read = try Experiment(
      parsing: Self.head + """
        figures:
          - { name: a, kind: panels, columns: [{ show: picture }, { methods: [gradient, grad-cam] }] }
          - { name: b, kind: table, rows: { method: gradient }, columns: [{ measure: area }] }
          - { name: c, kind: curves, lines: { method: smooth-grad }, sweep: { noise: [0, 0.1] }, measure: area }
          - { name: d, kind: units, targets: [top] }
        """, file: "x.yaml", catalogs: Self.catalogs)
    #expect(read.figureNames == ["a", "b", "c", "d"])
  }

  @Test(arguments: [
    ("figure: []", "x.yaml:1: the key \"methods\" is missing"),
    ("figures: []", "x.yaml:1: the key \"metrics\" is missing"),
    (
      "figures:\n - { kind: overview }\n - { name: a, kind: units, targets: [top] }",
      "x.yaml:8: found an overview of methods, expected methods in the experiment. Add \"methods: ...\""
    ),
    (
      "figures:\n - { name: a, kind: panel, columns: [] }",
      "x.yaml:8: no kind of figure is called \"panel\"; did you mean \"panels\"? (known: overview, panels, table, curves, units)"
    ),
    ("figures:\n - { name: a, kind: panels }", "x.yaml:8: the key \"columns\" is missing"),
    (
      "figures:\n - name: a\n   kind: panels\n   columns:\n     - metod: gradient",
      "x.yaml:11: unknown key \"metod\"; did you mean \"method\" or \"methods\"?"
    ),
    (
      "figures:\n - name: a\n   kind: panels\n   columns:\n     - method: gradent",
      "x.yaml:11: no method is called \"gradent\"; did you mean \"gradient\""
    ),
    (
      "figures:\n - name: a\n   kind: panels\n   columns:\n     - show: pictures",
      "x.yaml:11: found \"pictures\", wanted one of picture, map, overlay, bare, region, boxes; did you mean \"picture\"?"
    ),
    (
      "figures:\n - name: a\n   kind: panels\n   columns:\n     - { image: a, images: [b] }",
      "x.yaml:11: \"image\" and \"images\" are both given; write one of them"
    ),
    (
      "figures:\n - name: a\n   kind: panels\n   defaults: { methods: [gradient, cam] }\n   columns: [{ show: picture }]",
      "x.yaml:10: one value of each is wanted here, not several"
    ),
    (
      "figures:\n - { name: a, kind: units, targets: [top], units: 0 }", "wanted a whole number of at least 1"
    ),
    ("figures:\n - { name: a/b, kind: units, targets: [top] }", "wanted a name of letters, digits"),
    (
      "figures:\n - { name: a, kind: units, targets: [top] }\n - { name: a, kind: units, targets: [top] }",
      "two figures are called \"a\""
    ),
  ])
  func whatIsWrongIsSaidWithItsLine(figures: String, problem: String) {
    let found = complaint(figures)
    #expect(found.contains(problem), "\(found)")
  }

  @Test func everythingThatIsWrongIsSaidAtOnce() {
    let found = complaint(
      """
      figures:
        - kind: panls
          rows: { imgae: one-000 }
          columns: [{ method: gradent, show: pictures }, { note: "{clas}" }]
        - { name: t, kind: table, rows: { method: cam }, over: { targets: [top] }, columns: [{ mesure: area, as: men }] }
        - { name: c, kind: curves, line: { method: cam }, metric: delection }
      """)
    let wanted = [
      "x.yaml:8: the key \"name\" is missing; add \"name: ...\"",
      "x.yaml:8: no kind of figure is called \"panls\"; did you mean \"panels\"?",
      "x.yaml:9: unknown key \"imgae\"; did you mean \"image\"",
      "x.yaml:10: found \"pictures\", wanted one of", "x.yaml:10: no method is called \"gradent\"",
      "x.yaml:10: note: no measure or metric is called \"clas\"",
      "x.yaml:11: unknown key \"mesure\"; did you mean \"measure\"",
      "x.yaml:11: found \"men\", wanted one of",
      "x.yaml:12: unknown key \"line\"; did you mean \"lines\"",
      "x.yaml:12: no metric is called \"delection\"; did you mean \"deletion\"",
      "x.yaml:12: the key \"curves\" is missing",
    ]
    let lines = found.split(separator: "\n")
    #expect(lines.count == wanted.count, "\(found)")
    for line in wanted { #expect(lines.contains { $0.hasPrefix(line) }, "\(line) in\n\(found)") }
  }

  @Test func aBenchmarkMayHaveFigures() throws {
    let text =
      Self.head + "methods: [gradient]\nmetrics: [sparseness]\ntarget: truth\nfigures:\n - { rows: image }\n"
      + " - { name: a, kind: panels, columns: [{ show: picture }] }"
    let read = try Experiment(parsing: text, file: "x.yaml", catalogs: Self.catalogs)
    #expect(read.hasBenchmark && read.overviews.count == 1 && read.figureNames == ["a"])
    #expect(read.figureBase.target == .truth && read.figureBase.model?.model == "scenes-gap")
    #expect(try Experiment(canonical: read.canonicalJSON, catalogs: Self.catalogs) == read)
  }

  @Test func experimentsOnPapersSayWhatTheyReproduce() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("shelf-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in [
      ("paper", Self.head + "figures: { name: a, kind: units, targets: [top] }"),
      ("bench", "name: b\nmodels: m\nimages: i\nmethods: all\nmetrics: all\n"), ("broken", "{"),
    ] {
      let inner = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
      try text.write(to: inner.appendingPathComponent("experiment.yaml"), atomically: true, encoding: .utf8)
    }
    #expect(PaperExperiments.all(in: [folder.path], catalogs: Self.catalogs).map(\.name) == ["x"])
  }

  @Test func namesThatAreNone() {
    #expect { try PaperExperiments.path(of: "zhou-2017", catalogs: Self.catalogs) } throws: { error in
      "\(error)".hasPrefix("no experiment to reproduce is called \"zhou-2017\"; did you mean \"zhou-2016\"")
    }
  }
}
