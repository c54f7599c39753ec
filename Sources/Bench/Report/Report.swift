internal import Figures
internal import Foundation
internal import Metrics
internal import SaliencyCore
internal import Support

/// The report: everything about a run on one page, in one file that needs nothing else.
struct Report {
  let tables: RunTables
  let plots: [(plot: Plot, svg: String)]
  let panels: [(name: String, caption: String, svg: String)]
  let pictures: RunPictures
  let remarks: [String]

  private var results: RunResults { tables.results }
  private var experiment: Experiment { tables.results.experiment }

  func html() throws -> String {
    let title = experiment.title ?? experiment.name
    let sections: [(id: String, title: String, content: HTML)] = [
      ("run", "What was run", whatWasRun), ("tables", "Tables", tableSection),
      ("figures", "Figures", figureSection),
      ("gallery", "Maps, image by image", try ReportGallery(pictures: pictures).html()),
      ("failures", "Failures and what has no answer", failureSection),
      ("manifest", "Manifest", manifestSection),
    ]
    let page = HTML(
      "html", ["lang": "en"],
      HTML(
        "head", [:], HTML("meta", ["charset": "utf-8"]),
        HTML("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        // Nothing is loaded from the network.
        HTML(
          "meta",
          [
            "http-equiv": "Content-Security-Policy",
            "content":
              "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'",
          ]),
        HTML("link", ["rel": "icon", "href": "data:,"]), HTML("title", [:], HTML(title)),
        HTML(markup: "<style>\(ReportStyle.css)</style>")),
      HTML(
        "body", [:], HTML("a", ["class": "skip", "href": "#run"], "Skip to the content"),
        HTML(
          "header", [:], HTML("h1", [:], HTML(title)),
          experiment.about.map { HTML("p", [:], HTML($0)) } ?? "",
          HTML("p", [:], HTML(summary)),
          HTML(
            "nav", ["aria-label": "Sections"],
            HTML(
              "ul", [:], sections.map { HTML("li", [:], HTML("a", ["href": "#\($0.id)"], HTML($0.title))) }))),
        HTML(
          "main", [:],
          sections.map { HTML("section", ["id": $0.id], HTML("h2", [:], HTML($0.title)), $0.content) }),
        HTML(markup: "<script>\(ReportScript.text)</script>")))
    return "<!DOCTYPE html>\n" + page.markup + "\n"
  }

  private var summary: String {
    let controls = results.methods.count(where: \.isControl)
    let asked = results.settings.reduce(0) { $0 + $1.requests.count { $0.resolved != nil } }
    let counts = [
      "\(Self.counted(results.methods.count - controls, "method")) and \(Self.counted(controls, "control"))",
      Self.counted(experiment.metrics.count, "metric"), Self.counted(results.manifest.models.count, "model"),
      Self.counted(results.manifest.images.count, "image"), "\(Self.counted(asked, "request")) answered",
    ]
    return counts.joined(separator: ", ")
      + (failedCount > 0 ? "; \(Self.counted(failedCount, "failure")), listed below." : ".")
  }

  /// `1 model`, `2 models`.
  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  private var failedCount: Int {
    tables.failures.filter { $0.outcome == .failed }.reduce(0) { $0 + $1.times }
  }

  // MARK: Sections

  private var whatWasRun: HTML {
    let manifest = results.manifest
    var facts: [(String, String)] = [
      ("Experiment", experiment.name),
      ("Models", manifest.models.map { "\($0.name) (\($0.classes) classes)" }.joined(separator: ", ")),
      ("Images", Self.images(manifest)),
      (
        "Targets", experiment.targets.map { PrintedTable.targetWords($0.description) }.joined(separator: ", ")
      ),
      ("Methods", results.methods.filter { !$0.isControl }.map(\.title).joined(separator: ", ")),
      ("Controls", results.methods.filter(\.isControl).map(\.title).joined(separator: ", ")),
      ("Metrics", experiment.metrics.map { $0.label ?? $0.title }.joined(separator: ", ")),
      ("Seed", "\(experiment.seed)"),
    ]
    if let paper = experiment.paper { facts.insert(("Paper", paper), at: 1) }
    return HTML(
      [HTML("dl", [:], facts.flatMap { [HTML("dt", [:], HTML($0.0)), HTML("dd", [:], HTML($0.1))] })]
        + remarks.map { HTML("p", ["class": "failed"], HTML($0)) })
  }

  private static func images(_ manifest: Manifest) -> String {
    ["\(manifest.images.count)", WorkPlan.words(crowds: manifest.crowds ?? 0)].compactMap(\.self)
      .joined(separator: ", ")
  }

  private var tableSection: HTML {
    let legend = HTML(
      "p", ["class": "legend"],
      HTML(PrintedTable.legend(experiment.statistics) + " A click on a heading sorts."))
    let printed = PrintedTable.all(of: tables).map(ReportTables.html)
    let agreement = tables.tables.compactMap(ReportTables.agreement)
    let folded =
      agreement.isEmpty
      ? []
      : [
        HTML(
          "details", [:],
          [HTML("summary", [:], HTML("h3", [:], "Rank agreement between metrics"))] + agreement)
      ]
    return HTML([legend] + printed + [costTable] + folded)
  }

  private var costTable: HTML {
    func number(_ value: Double?, _ digits: Int) -> String {
      value.map { NumberText.Format(digits: digits)($0) } ?? "–"
    }
    let rows = CostTable(results).rows.map { row in
      [
        row.model, row.title, number(row.seconds.map { $0 * 1000 }, 1), number(row.forward, 0),
        number(row.backward, 0), number(row.peakBytes.map { Double($0) / 1048576 }, 1),
        row.matched.map(String.init) ?? "–",
      ].map { HTML($0) }
    }
    return HTML.table(
      "Cost of one map: time from the picture on, measured alone, with every processor; passes beyond the first "
        + "forward pass, which all methods share",
      head: [
        "Model", "Method", "ms", "Forward passes", "Backward passes", "Peak memory, MB", "Layers with a rule",
      ],
      rows: rows)
  }

  private var figureSection: HTML {
    let panels = panels.map { panel in
      HTML(
        "figure", ["class": "panel"],
        HTML("img", ["src": Self.address(svg: panel.svg), "alt": panel.caption, "loading": "lazy"]),
        HTML("figcaption", [:], HTML(panel.caption)))
    }
    let drawn = plots.map { plot, svg in
      let words = "\(plot.title). \(plot.caption)"
      return HTML(
        "figure", [:], HTML("img", ["src": Self.address(svg: svg), "alt": words, "loading": "lazy"]),
        HTML("figcaption", [:], HTML(words)))
    }
    if panels.isEmpty && drawn.isEmpty { return HTML("p", [:], "There are no figures.") }
    return HTML(panels + [HTML("div", ["class": "plots"], drawn)])
  }

  private static func address(svg: String) -> String {
    "data:image/svg+xml;base64,\(Data(svg.utf8).base64EncodedString())"
  }

  private var failureSection: HTML {
    let failures = tables.failures
    guard !failures.isEmpty else {
      return HTML("p", [:], "None: every method answered every request, and every metric had a number.")
    }
    let groups = Failure.grouped(failures)
    let shown = groups.prefix(400).map { failure, methods in
      [
        failure.outcome == .failed ? HTML("span", ["class": "failed"], "failed") : HTML(failure.outcome.word),
        HTML("\(failure.times)"), HTML("\(failure.model), \(PrintedTable.targetWords(failure.target))"),
        HTML(failure.metric), HTML(failure.reason), HTML(methods.joined(separator: ", ")),
        HTML(failure.firstImage),
      ]
    }
    let rest =
      groups.count > shown.count
      ? ", the first \(shown.count) of \(groups.count); all are in failures.csv" : ""
    let table = HTML.table(
      "By reason" + rest, head: ["Outcome", "Times", "Asked", "Metric", "Reason", "Methods", "First image"],
      rows: Array(shown))
    return HTML("div", ["class": "plain"], table)
  }

  private var manifestSection: HTML {
    let manifest = results.manifest
    let models = HTML.table(
      "Models", head: ["Name", "File", "SHA-256 of layers and weights", "Layer"],
      rows: manifest.models.map {
        [HTML($0.name), HTML($0.file), HTML($0.fingerprint), HTML($0.layer ?? "–")]
      })
    let elements = HTML.table(
      "Methods, controls and metrics, with every parameter", head: ["Name", "Configuration", "Paper"],
      rows: (manifest.methods + manifest.metrics).map {
        [HTML($0.name), HTML($0.configuration), HTML($0.paper)]
      })
    return HTML(
      "div", ["class": "plain"],
      HTML(
        "dl", [:], HTML("dt", [:], "Command"), HTML("dd", [:], HTML("code", [:], HTML(manifest.command))),
        HTML("dt", [:], "Program"), HTML("dd", [:], HTML(manifest.program)),
        HTML("dt", [:], "Code"), HTML("dd", [:], HTML(manifest.code)),
        HTML("dt", [:], "Processor"), HTML("dd", [:], HTML(manifest.processor)),
        HTML("dt", [:], "Inputs"),
        HTML("dd", [:], HTML("SHA-256 \(results.pixelDigest.hex) of every network input, in order")),
        HTML("dt", [:], "Seed"), HTML("dd", [:], HTML("\(manifest.seed)"))), models, elements,
      HTML(
        "details", [:], HTML("summary", [:], "The experiment as it was run (canonical JSON)"),
        HTML("pre", ["tabindex": "0"], HTML(manifest.experiment))))
  }
}
