internal import Foundation
internal import Imaging
internal import Metrics
internal import SaliencyCore
internal import Support

/// The images of the report: for each image every method's map, over it as far as the reader slides.
struct ReportGallery {
  let pictures: RunPictures

  private var results: RunResults { pictures.results }

  func html() throws -> HTML {
    var sections: [HTML] = []
    for setting in results.settings {
      let cards = try setting.requests.indices.compactMap { try card(setting, $0) }
      guard !cards.isEmpty else { continue }
      let title = "\(setting.modelName), \(PrintedTable.targetWords(setting.target))"
      sections.append(
        HTML(
          "details", ["open": sections.isEmpty ? "" : nil],
          [
            HTML(
              "summary", [:], HTML("h3", [:], HTML(title)),
              HTML(" \(cards.count) of \(setting.requests.count)"))
          ] + cards))
    }
    guard !sections.isEmpty else {
      return HTML("p", [:], "No maps were kept: the experiment says maps: none, or gallery: 0.")
    }
    return HTML([controls] + sections)
  }

  /// The colour bars, and how maps are scaled.
  private var controls: HTML {
    HTML(
      "div", ["class": "gallery-controls"],
      HTML(
        "fieldset", [:], HTML("legend", [:], "Colours"),
        HTML(
          "label", [:], HTML("input", ["type": "radio", "name": "scale", "value": "own", "checked": ""]),
          " each map from its own lowest to its own highest value"),
        HTML(
          "label", [:], HTML("input", ["type": "radio", "name": "scale", "value": "shared"]),
          " one scale for all maps of a method on a model, so that they can be compared")),
      HTML(
        "p", ["class": "annotated"],
        HTML(
          "label", [:], HTML("input", ["type": "checkbox", "class": "outlines", "checked": ""]),
          " annotations: masks solid, boxes dashed; "),
        HTML("span", ["class": "key asked"], "explained class"), " ",
        HTML("span", ["class": "key other"], "other classes"),
        " ", HTML("span", ["class": "key crowd"], "crowds, left out")),
      HTML(
        "p", ["class": "bars"],
        HTML("span", [:], "low "), bar("sequential", "Colours from the lowest to the highest value"),
        HTML("span", [:], " high; with a sign: against "),
        bar("diverging", "Colours from negative through zero to positive values"), HTML("span", [:], " for")),
      HTML(
        "p", [:],
        HTML("label", ["for": "all-maps"], "All images: picture "),
        HTML(
          "input",
          ["type": "range", "id": "all-maps", "min": "0", "max": "100", "value": "60", "class": "slide-all"]),
        " map"))
  }

  private func bar(_ kind: String, _ label: String) -> HTML {
    HTML(
      "canvas",
      ["class": "bar", "data-bar": kind, "width": "128", "height": "12", "role": "img", "aria-label": label])
  }

  private func card(_ setting: RunResults.Setting, _ q: Int) throws -> HTML? {
    let request = setting.requests[q]
    guard let resolved = request.resolved,
      let (png, image) = try pictures.picture(model: setting.model, image: request.image)
    else { return nil }
    var figures: [HTML] = []
    for (m, method) in results.methods.enumerated() {
      guard let unit = setting.units[m][q] else { continue }
      figures.append(try figure(setting, unit, method, m, image, about: resolved.className))
    }
    guard !figures.isEmpty else { return nil }
    let id =
      "slide-\(setting.model)-\(results.settings.filter { $0.model == setting.model }.firstIndex { $0.target == setting.target } ?? 0)-\(q)"
    let percent = resolved.probability.map { "(\(NumberText.fixed($0 * 100, 0))%) " } ?? ""
    let address = "data:image/png;base64,\(png.base64EncodedString())"
    let alternative = "The picture \(request.imageName) as the network sees it"
    return HTML(
      "article", ["class": "card"],
      HTML("h4", [:], HTML("\(resolved.className) \(percent)"), HTML("small", [:], HTML(request.imageName))),
      HTML(
        "p", [:], HTML("label", ["for": id], "picture "),
        HTML(
          "input",
          [
            "type": "range", "id": id, "min": "0", "max": "100", "value": "60", "class": "slide",
            "aria-label": "From picture to map: \(request.imageName), \(resolved.className)",
          ]), " map"),
      HTML(
        "div", ["class": "maps"],
        [
          HTML(
            "figure", [:],
            HTML(
              "div", ["class": "frame"],
              HTML("img", ["src": address, "alt": alternative, "class": "picture"]),
              try outline(setting, request, resolved)), HTML("figcaption", [:], "picture"))
        ] + figures), values(setting, q))
  }

  private func outline(
    _ setting: RunResults.Setting, _ request: RunResults.Request, _ resolved: RequestRecord.Resolved
  ) throws -> HTML {
    let annotations = try pictures.annotations(model: setting.model, image: request.image)
    return GalleryOutline(annotations, target: resolved.classIndex ?? -1)?.html ?? ""
  }

  /// The image's own numbers: methods by metrics.
  private func values(_ setting: RunResults.Setting, _ q: Int) -> HTML {
    let image = setting.requests[q].image
    let shown = results.columns.indices.filter { results.columns[$0].covers(image: image) }
    let formats = shown.map { c in
      NumberText.Format(
        for: results.methods.indices.map { setting.values[$0][c][q] }.filter { !$0.isNaN })
    }
    let rows = results.methods.indices.map { m in
      [HTML(results.methods[m].title)]
        + zip(shown, formats).map { c, format in
          let value = setting.values[m][c][q]
          guard value.isNaN else { return HTML(format(value)) }
          let reason = setting.reason(m, metric: results.columns[c].metric, q)
          return HTML("span", ["title": reason], "–")
        }
    }
    let heads = shown.map { c in
      let column = results.columns[c]
      return [column.title, column.unit.isEmpty ? "" : "(\(column.unit))", column.direction.arrow]
        .filter { !$0.isEmpty }.joined(separator: " ")
    }
    return HTML(
      "details", ["class": "values"], HTML("summary", [:], "Metric values of this image"),
      HTML.table(
        "Metric values: \(setting.requests[q].imageName), \(setting.requests[q].resolved?.className ?? "")",
        head: ["Method"] + heads, rows: rows))
  }

  private func figure(
    _ setting: RunResults.Setting, _ unit: RunResults.Unit, _ method: RunResults.Method, _ m: Int,
    _ image: Image,
    about className: String
  ) throws -> HTML {
    let caption = HTML("figcaption", [:], HTML(method.title))
    let map = try pictures.map(unit, method: m, height: image.height, width: image.width)
    guard let map, let drawn = GalleryMap(map, style: pictures.style(of: m)) else {
      let reason = unit.reason ?? (map?.defect).map { "the map is \($0.rawValue)" } ?? "no map was kept"
      return HTML("figure", [:], HTML("div", ["class": "nothing", "title": reason], HTML(reason)), caption)
    }
    return HTML(
      "figure", [:],
      HTML(
        "div", ["class": "stack"],
        HTML(
          "canvas",
          [
            "class": "map", "width": "\(drawn.width)", "height": "\(drawn.height)", "role": "img",
            "aria-label": "\(method.title): what speaks for \(className)", "data-bytes": drawn.base64,
            "data-low": "\(drawn.low)", "data-high": "\(drawn.high)",
            "data-signed": drawn.isSigned ? "1" : "0",
            "data-group": "\(setting.model) \(m)",
          ])), caption)
  }
}
