import Foundation

/// The folder of models, photographs and references that may lie beside the package (`../shared`).
///
/// It is no part of the product: tests that use it are skipped where it is absent.
///
///     @Test(.enabled(if: SharedFolder.holds("images"), "skipped: no ../shared/images"))
public enum SharedFolder {
  /// The folder's path, found from this file's place in the package, or nil where there is none.
  public static let path: String? = {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    // Beside the package, or, in a worktree kept in a folder of its own, one level further up.
    for _ in 0..<2 {
      folder.deleteLastPathComponent()
      let shared = folder.appendingPathComponent("shared").path
      if FileManager.default.fileExists(atPath: shared + "/models") { return shared }
    }
    return nil
  }()

  /// Whether a file or folder of this name is in it.
  public static func holds(_ name: String) -> Bool { path(name) != nil }

  /// The full path of a file or folder in it, or nil where there is none.
  public static func path(_ name: String) -> String? {
    guard let path else { return nil }
    let full = path + "/" + name
    return FileManager.default.fileExists(atPath: full) ? full : nil
  }
}
