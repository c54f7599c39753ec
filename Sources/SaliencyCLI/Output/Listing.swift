internal import Configuration
internal import SaliencyCore

/// An entry of a catalog, as a person reads it; encoded, as a script does.
protocol ListedEntry: Encodable {
  init?(_ type: any Configurable.Type)

  /// `name: title, paper`.
  var heading: String { get }
  /// What else is to be known, by its name; lines without text are left out.
  var lines: [(name: String, text: String)] { get }
  var parameters: [String: ParameterTree] { get }
}

/// What a catalog holds.
struct Listing<Entry: ListedEntry> {
  let entries: [Entry]

  init(_ types: [any Configurable.Type], of _: Entry.Type) { entries = types.compactMap(Entry.init) }

  func printed(asJSON json: Bool) throws -> String {
    json ? try JSONText.encode(entries) : entries.map(text).joined(separator: "\n\n")
  }

  private func text(_ entry: Entry) -> String {
    let parameters = entry.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let lines = entry.lines + [("parameters", parameters.joined(separator: ", "))]
    return ([entry.heading] + lines.filter { !$0.text.isEmpty }.map { "  \($0.name): \($0.text)" })
      .joined(separator: "\n")
  }
}
