/// A piece of a page, in which every text has been escaped.
struct HTML: Sendable, ExpressibleByStringLiteral {
  /// The markup.
  let markup: String

  init(markup: String) { self.markup = markup }

  /// A text.
  init(_ text: String) { markup = Self.escaped(text) }

  init(stringLiteral text: String) { self.init(text) }

  /// Several pieces, one after the other.
  init(_ pieces: [HTML]) { markup = pieces.map(\.markup).joined() }

  /// An element with its attributes, in the order given; one whose value is nil is left out, an empty one stands alone.
  init(_ name: String, _ attributes: KeyValuePairs<String, String?>, _ content: HTML...) {
    self.init(name, attributes, content)
  }

  init(_ name: String, _ attributes: KeyValuePairs<String, String?>, _ content: [HTML]) {
    let listed = attributes.compactMap { key, value in
      value.map { $0.isEmpty ? " \(key)" : " \(key)=\"\(Self.escaped($0))\"" }
    }
    let open = "<\(name)\(listed.joined())>"
    markup = Self.void.contains(name) ? open : open + content.map(\.markup).joined() + "</\(name)>"
  }

  /// Elements without content or end tag.
  private static let void: Set<String> = ["img", "input", "br", "meta", "link"]

  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }

  /// A table's row of cells.
  static func row(_ cells: [HTML]) -> HTML { HTML("tr", [:], cells) }

  /// A simple table with a caption.
  static func table(_ caption: String, head: [String], rows: [[HTML]]) -> HTML {
    captioned(
      caption,
      HTML(
        "table", [:], HTML("thead", [:], row(head.map { HTML("th", ["scope": "col"], HTML($0)) })),
        HTML("tbody", [:], rows.map { row($0.map { HTML("td", [:], $0) }) })))
  }

  /// A table that scrolls by itself where it is too wide, between its caption and notes, which do not.
  static func captioned(_ caption: String, class name: String? = nil, _ table: HTML, notes: [String] = [])
    -> HTML
  {
    HTML(
      "figure", ["class": ["table", name].compactMap(\.self).joined(separator: " ")],
      HTML("figcaption", [:], HTML(caption)),
      HTML("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption], table),
      notes.isEmpty ? "" : HTML("ul", ["class": "notes"], notes.map { HTML("li", [:], HTML($0)) }))
  }
}
