import Foundation

/// Sidecars of models (`model.yaml`) with damaged text.
struct SidecarCategory: FuzzCategory {
  static let name = "sidecar"
  static let about = "text of model.yaml beside a model"
  static let weight = 12
  private let material: FuzzMaterial
  private let files: [FuzzMaterial.File]
  private let damage = TextDamage(
    words: [
      "[1, 2]", "{a: b}", "[96, 96, 96]", "-96", "[0, 0]", "16384", "[16384, 16384]", "caffe(1,2)",
      "scale(0)",
      "scale(1e-45)", "caffe(nan,nan,nan)", "torch", "model.yaml", "labels.txt", "&a", "*a", "!!binary x",
      "!!python/none",
      "? x", "|", ">-", "[", "{", "\"", "'",
    ], texts: YAMLTexts.hostile)

  init?(_ material: FuzzMaterial) {
    self.material = material
    files = material.files("yaml").filter { $0.text.contains("weights:") }
    if files.isEmpty { return nil }
  }

  func mutant(_ number: Int, _ random: inout MutantRandom, in folder: String) throws -> Mutant {
    let file = files[number % files.count]
    let weights = (file.path as NSString).deletingPathExtension + ".h5"
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder)/\((weights as NSString).lastPathComponent)", withDestinationPath: weights)
    let (text, change) = damage.apply(to: file.bytes, &random)
    try text.write(to: folder + "/model.yaml")
    let words =
      random.once(in: 3) ? ["inspect", folder] : ["predict", material.picture, "--model", folder]
    return Mutant(change: "\(file.name): \(change)", command: ShellCommand(words))
  }
}

/// YAML that is small and means trouble.
enum YAMLTexts {
  static let hostile = [
    aliases, flat, String(repeating: "[", count: 5000), String(repeating: "- ", count: 5000) + "x",
    (0..<2000).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n"), "a: &a [*a]",
    "a: *b",
    "? [a, b]\n: c", "%YAML 9.9\n---\na: b", "a: b\n---\nc: d", "", "~", "42", "- x", "a: b\na: c",
    "!!binary gIGC", "<<: [*a, *b]", "\u{FEFF}name: x", "\t name: x", "name: \"\\x00\\uD800\"",
    String(repeating: "#", count: 2_000_000),
  ]

  /// Every list holds the one before ten times.
  private static let aliases =
    "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    + (1..<10).map { n in
      "a\(n): &a\(n) [" + Array(repeating: "*a\(n - 1)", count: 10).joined(separator: ", ") + "]"
    }.joined(separator: "\n")

  /// One long text that is named often.
  private static let flat =
    "a: &a " + String(repeating: "x", count: 10_000) + "\nb: ["
    + Array(repeating: "*a", count: 100_000).joined(separator: ", ") + "]"
}
