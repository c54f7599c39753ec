internal import Yams

/// What is wrong with a YAML file, and on which line; it may be several things.
public struct YAMLError: Error, Equatable, CustomStringConvertible {
  public let file: String
  /// From 1; nil where the whole file is meant.
  public let line: Int?
  public let problem: String
  /// What else is wrong.
  private var others: [YAMLError] = []

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

  /// All problems as one error, in the order of their lines; nil if there is none.
  public init?(all problems: [YAMLError]) {
    let sorted = problems.flatMap(\.each).enumerated().sorted {
      ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset)
    }.map(\.element)
    guard let first = sorted.first else { return nil }
    self = first
    others = Array(sorted.dropFirst())
  }

  /// The problems one by one.
  public var each: [YAMLError] { [YAMLError(file: file, line: line, problem)] + others }

  /// A line for each problem.
  public var description: String {
    each.map { "\($0.file)\($0.line.map { ":\($0)" } ?? ""): \($0.problem)" }.joined(separator: "\n")
  }
}
