public import Foundation

extension YAMLValue {
  /// The value with every `${NAME}` in its texts replaced by what the environment says; keys stay as they are.
  ///
  /// So a file that is shared can leave to its user where something lies: `images: ${IMAGES}`.
  ///
  /// - Throws: `YAMLError` with the line of a name that is not set, or of a brace that is not closed.
  public func replacingVariables(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(YAMLError) -> YAMLValue {
    switch content {
    case .null: return self
    case .scalar(let text, let isQuoted):
      guard text.contains("${") else { return self }
      return YAMLValue(
        file: file, line: line, content: .scalar(try filled(text, environment), isQuoted: isQuoted))
    case .list(let items):
      var filled: [YAMLValue] = []
      for item in items { filled.append(try item.replacingVariables(environment)) }
      return YAMLValue(file: file, line: line, content: .list(filled))
    case .map(let map):
      var entries: [YAMLMap.Entry] = []
      for entry in map.entries {
        entries.append(
          YAMLMap.Entry(
            key: entry.key, line: entry.line, value: try entry.value.replacingVariables(environment)))
      }
      let filled = YAMLMap(file: map.file, line: map.line, entries: entries)
      return YAMLValue(file: file, line: line, content: .map(filled))
    }
  }

  private func filled(_ text: String, _ environment: [String: String]) throws(YAMLError) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.range(of: "${") {
      result += rest[..<open.lowerBound]
      guard let close = rest[open.upperBound...].firstIndex(of: "}") else {
        throw error("found \"\(text)\", wanted a \"}\" after \"${\"")
      }
      let name = String(rest[open.upperBound..<close])
      guard let value = environment[name], !value.isEmpty else {
        throw error(
          "${\(name)} is not set; write \(name)=... before the command, or the value here in its place")
      }
      result += value
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
