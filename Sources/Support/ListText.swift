/// Lists as text: items separated by commas, as in CSV.
package enum ListText {
  /// The items of a list, without spaces around them.
  ///
  /// Commas in double quotes, or in brackets, separate nothing. Quotes in brackets are part of the item.
  ///
  ///     ListText.items(of: "boxer, \"tench, Tinca tinca\"")    // ["boxer", "tench, Tinca tinca"]
  ///     ListText.items(of: "mean(\"a, b\", c), d")             // ["mean(\"a, b\", c)", "d"]
  package static func items(of text: String) -> [String] {
    var items: [String] = []
    var item = ""
    var (isQuoted, depth) = (false, 0)
    for character in text {
      switch character {
      case "\"":
        isQuoted.toggle()
        if depth <= 0 { continue }
      case "(" where !isQuoted: depth += 1
      case ")" where !isQuoted: depth -= 1
      case "," where !isQuoted && depth <= 0:
        items.append(item)
        item = ""
        continue
      default: break
      }
      item.append(character)
    }
    return (items + [item]).map(trimmed).filter { !$0.isEmpty }
  }

  /// The items of an option that is given several times.
  package static func items(of texts: [String]) -> [String] { texts.flatMap { items(of: $0) } }

  private static func trimmed(_ text: String) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
