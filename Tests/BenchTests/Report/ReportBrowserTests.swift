import Foundation
import Testing

@testable import Bench

/// The report in a real browser: it renders, sorts, slides, and says nothing on the console.
@Suite struct ReportBrowserTests {
  /// What a reader would do, and what is to be seen then: written into the page as JSON.
  static let reader = """
    window.faults = [];
    window.addEventListener("error", event => faults.push(String(event.message)));
    window.addEventListener("load", () => setTimeout(() => {
      const all = selector => [...document.querySelectorAll(selector)];
      const found = { ready: document.documentElement.dataset.ready };
      const table = document.querySelector("table.sortable");
      const values = () => [...table.tBodies[0].rows].map(row => row.children[1].dataset.value);
      const button = table.querySelector("button[data-column='1']");
      button.click(); found.ascending = values(); found.sort1 = button.closest("th").getAttribute("aria-sort");
      button.click(); found.descending = values(); found.sort2 = button.closest("th").getAttribute("aria-sort");
      found.controlsLast = table.tBodies[table.tBodies.length - 1].className;
      const card = document.querySelector(".card"), slider = card.querySelector("input.slide");
      const map = card.querySelector("canvas.map");
      const opacity = () => getComputedStyle(map).opacity;
      found.before = opacity();
      slider.value = 0; slider.dispatchEvent(new Event("input")); found.picture = opacity();
      slider.value = 100; slider.dispatchEvent(new Event("input")); found.map = opacity();
      const every = document.querySelector("input.slide-all");
      every.value = 25; every.dispatchEvent(new Event("input")); found.all = opacity();
      found.follows = slider.value;
      found.outlines = all(".card .frame svg.outline").length;
      found.outlineCopies = all(".card .stack svg.outline").length;
      const lines = document.querySelector("svg.outline");
      found.outlineShown = getComputedStyle(lines).display;
      document.querySelector("input.outlines").click();
      found.outlineHidden = getComputedStyle(lines).display;
      const numbers = card.querySelector("details.values");
      numbers.open = true;
      found.values = [...numbers.querySelectorAll("tbody tr")].map(row => row.children.length);
      numbers.open = false;
      found.cut = all("#tables .table:not(.agreement) > .scroll").filter(part => part.scrollWidth > part.clientWidth + 1).length;
      const screen = document.documentElement.clientWidth;
      found.captions = all(".table > figcaption").filter(part => part.closest("details:not([open])") === null
        && (part.closest(".scroll") || part.getBoundingClientRect().right > screen + 1)).length;
      card.scrollIntoView();
      setTimeout(() => {
        const pixels = map.getContext("2d").getImageData(0, 0, map.width, map.height).data;
        found.drawn = map.dataset.drawn;
        found.colors = new Set(Array.from({ length: pixels.length / 4 }, (_, i) => pixels.slice(4 * i, 4 * i + 3).join())).size;
        document.querySelector("input[name=scale][value=shared]").click();
        setTimeout(() => {
          found.redrawn = map.dataset.drawn;
          found.images = all("img").length;
          found.unloaded = all("img").filter(image => image.loading !== "lazy" && !(image.complete && image.naturalWidth > 0)).length;
          found.noAlt = all("img").filter(image => !image.hasAttribute("alt")).length;
          found.noLabel = all("canvas").filter(canvas => !canvas.getAttribute("aria-label")).length
            + all("input").filter(input => !input.labels.length && !input.getAttribute("aria-label")).length;
          found.wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
          found.headings = all("h1, h2, h3, h4").map(heading => Number(heading.tagName[1]));
          found.small = all("button, input, summary").filter(part => part.offsetParent && part.getBoundingClientRect().height < 12).length;
          found.faults = faults;
          const out = document.createElement("pre");
          out.id = "outcome"; out.textContent = JSON.stringify(found);
          document.body.append(out);
        }, 300);
      }, 300);
    }, 200));
    """

  struct Outcome: Decodable {
    var ready: String, ascending: [String], descending: [String], sort1: String, sort2: String
    var controlsLast: String, before: String, picture: String, map: String, all: String, follows: String
    var drawn: String, colors: Int, redrawn: String, images: Int, unloaded: Int, noAlt: Int, noLabel: Int
    var outlines: Int, outlineCopies: Int, outlineShown: String, outlineHidden: String
    var values: [Int], cut: Int, captions: Int
    var wide: Int, headings: [Int], small: Int, faults: [String]
  }

  /// With the pointing game, a table of eight columns.
  private static let localisation =
    "box-localisation, class-discrimination, energy-pointing-game, relevance-mass, relevance-rank"

  /// A report of a small run.
  static func report() throws -> (run: TinyRun, html: String) {
    let tiny = try TinyRun()
    try tiny.run(
      tiny.experiment {
        $0.replacing("[sparseness,", with: "[\(localisation), sparseness,")
          + "\nfigure: { rows: [image, target], columns: method }\ntitle: 'A <b>title</b> & more'"
      })
    try RunFolder(tiny.output).writeResults(catalogs: standardCatalogs)
    return (tiny, try String(contentsOfFile: tiny.output + "/report.html", encoding: .utf8))
  }

  @Test func theReportStandsAlone() throws {
    let (_, html) = try Self.report()
    for address in html.matches(of: /(?:src|href)="([^"]*)"/).map(\.1) {
      #expect(address.hasPrefix("data:") || address.hasPrefix("#"), "\(address)")
    }
    #expect(!html.contains("@import") && !html.contains("url("))
    #expect(html.contains("<title>A &lt;b&gt;title&lt;/b&gt; &amp; more</title>"))
    for id in ["run", "tables", "figures", "gallery", "failures", "manifest"] {
      #expect(html.contains("<section id=\"\(id)\">"))
    }
    #expect(html.contains("the model has no class &quot;ghost&quot;"))
    #expect(html.contains("3 methods and 1 control, 9 metrics, 2 models, 3 images, 12 requests answered."))
    #expect(html.contains("aria-label=\"Annotated: star, disc (explained)\""))
  }

  @Test(.enabled(if: Browser.path != nil, "skipped: no chromium (Debian: apt-get install chromium)"))
  func itSortsAndSlides() throws {
    let (run, html) = try Self.report()
    let file = try run.folder.write(
      html.replacingOccurrences(
        of: "<link rel=\"icon\"", with: "<script>\(Self.reader)</script><link rel=\"icon\""),
      to: "watched.html")
    for width in [1440, 390] {
      let page = try Browser.open(file, width: width)
      let match = try #require(
        page.document.firstMatch(of: /<pre id="outcome">(.*?)<\/pre>/), "\(page.log.suffix(2000))")
      let found = try JSONDecoder().decode(Outcome.self, from: Data(String(match.1).unescaped.utf8))
      #expect(found.ready == "yes" && found.faults.isEmpty)
      #expect(!page.log.contains("CONSOLE"), "\(page.log)")
      let numbers = found.ascending.compactMap(Double.init)
      #expect(numbers == numbers.sorted() && numbers.count > 1 && Set(numbers).count > 1)
      #expect(found.descending.compactMap(Double.init) == numbers.reversed())
      #expect(found.sort1 == "ascending" && found.sort2 == "descending" && found.controlsLast == "controls")
      #expect(found.before == "0.6" && found.picture == "0" && found.map == "1")
      #expect(found.all == "0.25" && found.follows == "25")
      #expect(found.drawn == "own" && found.redrawn == "shared" && found.colors > 4)
      #expect(found.images > 4 && found.unloaded == 0 && found.noAlt == 0 && found.noLabel == 0)
      // Top and annotated: three and three requests could be asked of each model.
      #expect(found.outlines == 12 && found.outlineCopies > found.outlines)
      #expect(found.outlineShown != "none" && found.outlineHidden == "none")
      #expect(found.values.count == 4 && Set(found.values).count == 1 && found.values[0] > 9)
      #expect(width < 1440 || found.cut == 0, "\(found.cut) tables are cut")
      #expect(found.captions == 0, "\(found.captions) captions scroll away")
      #expect(found.wide <= 0, "the page is \(found.wide) pixels wider than a screen of \(width)")
      #expect(found.small == 0)
      // Headings go down one level at a time.
      #expect(zip(found.headings, found.headings.dropFirst()).allSatisfy { $1 <= $0 + 1 })
    }
  }
}

extension String {
  fileprivate var unescaped: String {
    replacingOccurrences(of: "&lt;", with: "<").replacingOccurrences(of: "&gt;", with: ">")
      .replacingOccurrences(of: "&quot;", with: "\"").replacingOccurrences(of: "&amp;", with: "&")
  }
}
