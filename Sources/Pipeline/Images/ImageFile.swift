/// An image file and its name in results.
public struct ImageFile: Sendable, Hashable {
  /// The file's path, as it was given.
  public let path: String
  /// The file's name without its suffix, made unique within an ``ImageList``.
  public let name: String

  /// - Parameters:
  ///   - path: The file's path.
  ///   - name: Its name in results, unique among the images of one run.
  public init(path: String, name: String) {
    self.path = path
    self.name = name
  }
}
