/// The toolkit's version, and which types are its own.
public enum Toolkit {
  /// As `saliency --version` prints it.
  public static let version = "0.1.0"

  /// Counts the changes since then that alter a number that a method or metric of the toolkit gives.
  ///
  /// Raise it with each: stored results of an earlier number are not used again.
  public static let results = 1

  /// The modules whose types decide results.
  private static let modules: Set<String> = ["SaliencyCore", "Methods", "Metrics"]

  /// Whether a type is the toolkit's and not another package's.
  package static func declares(_ type: any Any.Type) -> Bool {
    String(reflecting: type).split(separator: ".").first.map { modules.contains(String($0)) } ?? false
  }
}
