/// What is wrong with a YAML file, and on which line; it may be several things.
public struct YAMLError: Error, Equatable, CustomStringConvertible {
  /// The path of the file.
  public let file: String
  /// From 1; nil if the whole file is meant.
  public let line: Int?
  /// What is wrong, in words.
  public let problem: String
  /// What else is wrong.
  private var others: [YAMLError] = []

  /// An error at a line of a file.
  public init(file: String, line: Int?, _ problem: String) {
    self.file = file
    self.line = line
    self.problem = problem
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
