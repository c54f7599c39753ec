internal import ArgumentParser
internal import Configuration

/// An entry of a list command: text for people, and JSON for scripts.
protocol ListedEntry: Encodable {
  /// `name: title, paper`.
  var heading: String { get }
  /// Named details; those without text are left out.
  var lines: [(name: String, text: String)] { get }
}

extension ListedEntry {
  /// The heading and the details, a line each.
  fileprivate var text: String {
    ([heading] + lines.filter { !$0.text.isEmpty }.map { "  \($0.name): \($0.text)" }).joined(separator: "\n")
  }
}

/// The options and the output of commands that list what there is.
struct ListOptions: ParsableArguments {
  @Flag(help: "Print JSON.")
  var json = false

  func print(_ entries: [some ListedEntry]) throws {
    let text = json ? try JSONText.encode(entries) : entries.map(\.text).joined(separator: "\n\n")
    Invocation.current.console.print(text)
  }
}

/// Parameters with their defaults, as `name=value`.
func listed(_ parameters: [String: ParameterTree]) -> String {
  parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
}
