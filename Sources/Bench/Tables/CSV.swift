/// Comma-separated values, RFC 4180.
///
/// A text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a line break) is written with
/// an apostrophe in front, which spreadsheets know and show as the text. Numbers stay as they are.
package struct CSV {
  package private(set) var text = ""

  package init(_ header: String...) { add(header) }

  package mutating func add(_ fields: [String]) {
    text += fields.map(Self.quoted).joined(separator: ",") + "\n"
  }

  /// Hands over the lines so far, where they are many or the last, and forgets them: a table larger than the memory is written so.
  mutating func drain(over count: Int = 0, into sink: (String) throws -> Void) rethrows {
    guard text.utf8.count > count else { return }
    try sink(text)
    text.removeAll(keepingCapacity: true)
  }

  private static func quoted(_ field: String) -> String {
    let text = isFormula(field) ? "'" + field : field
    guard text.unicodeScalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  private static func isFormula(_ field: String) -> Bool {
    guard let first = field.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first) else {
      return false
    }
    return Double(field) == nil
  }
}
