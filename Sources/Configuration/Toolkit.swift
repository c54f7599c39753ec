/// The toolkit's version, and which types are its own.
public enum Toolkit {
  /// As `saliency --version` prints it.
  public static let version = "0.1.0"

  /// Counts the changes since that version that alter a number that a method or metric of the toolkit gives.
  ///
  /// It is part of the key of every stored result, so that results of an earlier count are computed again. Raise it by 1 in the
  /// commit that changes, for some model, image and settings:
  /// - a saliency map: a layer's result or gradient, a rule, a method, preprocessing, resizing, random numbers;
  /// - a metric's value: its definition, a tie, a default that is not one of its parameters;
  /// - which class a target names.
  ///
  /// Do not raise it for what no result depends on: speed, memory, tables, drawing, or a new method, metric or layer. Set it to 1
  /// if the version changes.
  ///
  /// - 2: max pooling takes the first of equal values; global max pooling shares among them; rectifiers at their maximum.
  /// - 3: noise of stochastic methods is held while robustness is measured.
  public static let results = 3

  /// The modules whose types decide results.
  private static let modules: Set<String> = ["SaliencyCore", "Methods", "Metrics"]

  /// Whether a type is the toolkit's and not another package's.
  package static func declares(_ type: any Any.Type) -> Bool {
    String(reflecting: type).split(separator: ".").first.map { modules.contains(String($0)) } ?? false
  }
}
