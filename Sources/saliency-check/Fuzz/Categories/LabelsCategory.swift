/// Lists of class names with damaged text, and Keras' `imagenet_class_index.json` with one value replaced.
struct LabelsCategory: FuzzCategory {
  static let name = "labels"
  static let about = "text of class names, one a line or as JSON"
  static let weight = 8
  private let material: FuzzMaterial
  private let names: [String]
  private let index: JSONValues
  private let damage = TextDamage(
    words: ["8", "7 x", "\r", "\u{2028}", "\u{85}", "{", "[\"a\"]"],
    texts: ["", "\n", "{", "{}", "[]", "{\"0\": 1}"])

  init?(_ material: FuzzMaterial) {
    self.material = material
    names = ["disc", "disc, spotted", "square", "ring", "triangle", "a \"b\"", "star", "étoile"]
    let entries = names.indices.map { "\"\($0)\": [\"n0000000\($0)\", \"class \($0)\"]" }
    guard let index = JSONValues(Array("{\(entries.joined(separator: ", "))}".utf8)) else { return nil }
    self.index = index
  }

  func mutant(_ number: Int, _ random: inout MutantRandom, in folder: String) throws -> Mutant {
    let path = folder + "/labels.txt"
    let lines = names.enumerated().map { number % 3 == 0 ? "\($0) \($1)" : $1 }.joined(separator: "\n")
    let (bytes, change) =
      number % 3 == 2
      ? index.mutant(MutantRandom.place(of: number / 3, among: index.mutantCount, seed: material.seed))
      : damage.apply(to: Array(lines.utf8), &random)
    try bytes.write(to: path)
    return Mutant(
      change: change,
      command: ShellCommand("predict", material.picture, "--model", material.model, "--labels", path))
  }
}
