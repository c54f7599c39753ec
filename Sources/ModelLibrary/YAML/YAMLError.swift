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

  public var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(problem)" }
}
