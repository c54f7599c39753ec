/// An error in a set of images.
public struct DatasetError: Error, Equatable, CustomStringConvertible {
  /// The file or folder.
  public let path: String
  public let problem: String

  public init(_ path: String, _ problem: String) {
    self.path = path
    self.problem = problem
  }

  public var description: String { "\(path): \(problem)" }
}
