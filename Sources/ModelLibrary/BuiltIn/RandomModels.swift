internal import KerasImport
public import SaliencyCore

/// Networks with random weights, which need no file: as large and as slow as the trained ones.
public enum RandomModels {
  /// Built in, but without official weights that could be fetched.
  private static let others = ["SqueezeNet"]

  /// What can be asked for: every built-in architecture.
  public static var names: [String] { BuiltInArchitectures.all.map(\.name) + others }

  /// Whether `named` knows the name, in whatever case.
  public static func knows(_ name: String) -> Bool { canonical(name) != nil }

  /// A built-in architecture with seeded random weights; nil if there is none of the name.
  ///
  /// - Parameters:
  ///   - name: A name of `names`, in whatever case.
  ///   - seed: Which random weights.
  /// - Throws: `LoadError` if the toolkit's own files are not where they were installed.
  public static func named(_ name: String, seed: UInt64 = 0) throws -> Model? {
    guard let name = canonical(name) else { return nil }
    let size = BuiltInArchitectures.named(name)?.inputSize
    let architecture = try BuiltInArchitectures.configuration(named: name)
    return try KerasModel.random(architecture, inputSize: size.map { ($0.height, $0.width) }, seed: seed)
  }

  private static func canonical(_ name: String) -> String? {
    names.first { $0.lowercased() == name.lowercased() }
  }
}
