internal import Yams

/// What is wrong with a YAML file, and on which line.
public struct YAMLError: Error, Equatable, CustomStringConvertible {
  public let file: String
  /// From 1; nil where the whole file is meant.
  public let line: Int?
  public let problem: String

  public init(file: String, line: Int?, _ problem: String) {
    self.file = file
    self.line = line
    self.problem = problem
  }

  /// What the YAML parser said, as one line.
  init(yams error: any Error, file: String) {
    switch error {
    case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      self.init(file: file, line: mark.line, "this is no YAML: \(problem)")
    case YamlError.duplicatedKeysInMapping(let duplicates, let context):
      self.init(
        file: file, line: context.mark.line,
        "the key \"\(duplicates.first ?? "")\" is given twice in this map")
    default:
      let words = "\(error)".split(whereSeparator: \.isNewline).first ?? ""
      self.init(file: file, line: nil, "this is no YAML: \(words)")
    }
  }

  public var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(problem)" }
}
