/// Comma-separated values, RFC 4180.
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
    guard field.contains(where: { ",\"\n\r".contains($0) }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
