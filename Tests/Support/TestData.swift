import Foundation

/// The folder of extra test data (models, photographs, references) that the environment variable `SALIENCY_TEST_DATA` names.
///
/// Tests that need it are skipped if the variable is not set, or if the folder lacks what they need. `Guides/Testing.md`
/// lists its content.
///
///     @Test(.enabled(if: TestData.holds("images"), "\(TestData.missing("images"))"))
public enum TestData {
  public static let variable = "SALIENCY_TEST_DATA"

  private static let folder = ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }

  /// Whether a file or folder of this name is in it.
  public static func holds(_ name: String) -> Bool { path(name) != nil }

  /// The full path of a file or folder in it; nil if it is not there.
  public static func path(_ name: String) -> String? {
    guard let folder else { return nil }
    let path = folder + "/" + name
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  /// Why a test that needs a file or folder is skipped.
  public static func missing(_ name: String) -> String {
    guard let folder else { return "\(variable) is not set; expected a folder that holds \(name)" }
    return "\(variable) is \(folder), which does not hold \(name)"
  }
}
