internal import Configuration
internal import Foundation
internal import SaliencyCore

/// The names of a model's classes, from a file.
public enum ClassLabels {
  /// Reads one name a line, in the order of the classes.
  ///
  /// Empty lines at the end are dropped, and numbers in front where they count the lines (`0 cat`, `1 dog`), as
  /// Teachable Machine writes them. Keras' `imagenet_class_index.json` is read too.
  /// - Throws: `YAMLError` if there is no such file, or it holds no names.
  public static func read(_ path: String) throws(YAMLError) -> [String] {
    let text = try TextFile.contents(of: path)
    if text.drop(while: \.isWhitespace).first == "{" { return try classIndex(text, path: path) }
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    guard !lines.isEmpty else {
      throw YAMLError(file: path, line: nil, "found an empty file, wanted one class name a line")
    }
    if let empty = lines.firstIndex(of: "") {
      throw YAMLError(file: path, line: empty + 1, "found an empty line, wanted one class name a line")
    }
    return withoutNumbers(lines) ?? lines
  }

  /// The lines without the numbers from 0 on in front of them, where all have one.
  private static func withoutNumbers(_ lines: [String]) -> [String]? {
    var names: [String] = []
    for (index, line) in lines.enumerated() {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, Int(parts[0]) == index else { return nil }
      names.append(String(parts[1]))
    }
    return names
  }

  /// `{"0": ["n01440764", "tench"], ...}`, or `{"0": "tench", ...}`.
  private static func classIndex(_ text: String, path: String) throws(YAMLError) -> [String] {
    let wanted = "wanted one class name a line, or {\"0\": \"name\", ...}"
    guard case .map(let map)? = try? JSONDecoder().decode(ParameterTree.self, from: Data(text.utf8)) else {
      throw YAMLError(file: path, line: nil, "found no JSON, \(wanted)")
    }
    var names: [String] = []
    for index in 0..<map.count {
      switch map[String(index)] {
      case .string(let name)?: names.append(name)
      case .list(let parts)?:
        guard case .string(let name)? = parts.last else { fallthrough }
        names.append(name)
      default: throw YAMLError(file: path, line: nil, "no name for class \(index), \(wanted)")
      }
    }
    return names
  }
}
