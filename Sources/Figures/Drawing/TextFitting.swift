/// Texts cut and wrapped to a width; what "width" is, the caller says.
struct TextFitting {
  /// The width of one line in points.
  let width: (String) -> Double

  /// More than this is no label; it would only take time to measure.
  private static let longest = 1000

  // Sums of widths are rounded, and a text that was given exactly the room it needs must fit.
  private static let slack = 1e-6

  /// Line breaks and other control characters would upset the layout, so each stretch of them is one space.
  static func cleaned(_ text: String) -> String {
    text.prefix(longest).split { character in
      character.isWhitespace
        || character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
    }
    .joined(separator: " ")
  }

  private func fits(_ text: String, _ limit: Double) -> Bool { width(text) <= limit + Self.slack }

  /// The text itself where it fits, or as much of its start as fits before "…".
  func ellipsized(_ text: String, to limit: Double) -> String {
    if fits(text, limit) { return text }
    let characters = Array(text)
    func cut(_ count: Int) -> String {
      var kept = characters[..<count]
      while kept.last == " " { kept.removeLast() }
      return String(kept) + "…"
    }
    guard fits(cut(0), limit) else { return "" }
    var (enough, tooMuch) = (0, characters.count)
    while tooMuch - enough > 1 {
      let middle = (enough + tooMuch) / 2
      if fits(cut(middle), limit) { enough = middle } else { tooMuch = middle }
    }
    return cut(enough)
  }

  /// At most `lines` lines, broken between words, or within a word wider than a line; the rest becomes "…".
  func wrapped(_ text: String, to limit: Double, lines: Int) -> [String] {
    var result: [String] = []
    var line = ""
    for word in words(of: Self.cleaned(text), limit: limit) {
      let longer = line.isEmpty ? word : line + " " + word
      if fits(longer, limit) {
        line = longer
      } else {
        if !line.isEmpty { result.append(line) }
        line = word
      }
    }
    if !line.isEmpty { result.append(line) }
    guard result.count > lines, lines > 0 else { return lines > 0 ? result : [] }
    let rest = result[(lines - 1)...].joined(separator: " ")
    return Array(result[..<(lines - 1)]) + [ellipsized(rest, to: limit)]
  }

  /// The same in lines of about one length: no wider than needed for as many lines.
  func balanced(_ text: String, to limit: Double, lines: Int) -> [String] {
    var best = wrapped(text, to: limit, lines: lines)
    guard best.count > 1 else { return best }
    for share in stride(from: 0.95, through: 0.5, by: -0.05) {
      let narrower = wrapped(text, to: limit * share, lines: lines)
      guard narrower.count == best.count, narrower.joined(separator: " ") == best.joined(separator: " ")
      else { break }
      best = narrower
    }
    return best
  }

  /// The words, with those wider than a line in pieces.
  private func words(of text: String, limit: Double) -> [String] {
    text.split(separator: " ").flatMap { word -> [String] in
      var pieces: [String] = []
      var piece = ""
      for character in word {
        if !piece.isEmpty && !fits(piece + String(character), limit) {
          pieces.append(piece)
          piece = ""
        }
        piece.append(character)
      }
      return pieces + [piece]
    }
  }
}
