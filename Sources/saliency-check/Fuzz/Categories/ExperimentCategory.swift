/// Declarations of experiments with damaged text.
struct ExperimentCategory: FuzzCategory {
  static let name = "experiment"
  static let about = "text of experiment.yaml, for bench --dry-run and for reproduce"
  static let weight = 20
  private let material: FuzzMaterial
  private let files: [FuzzMaterial.File]
  private let damage = TextDamage(
    words: [
      "all", "none", "scenes-test", "scenes-test[0..<0]", "scenes-test[0..<999999999999999999999]",
      "scenes-test[5..<2]",
      "[]", "{}", "{ a: b }", "smooth-grad(samples=99999999999)",
      "smooth-grad(base=smooth-grad(base=smooth-grad))", "*",
      "deletion(step=0)", "deletion(step=-1)", "road(fractions=[])", "topp", "top0",
      "top99999999999999999999", "${HOME}",
      "${NOTHING}", "${", "&a", "*a", "|", ">-", "[", "{", "\"", "name", "models", "images", "metrics",
      "figures",
    ], texts: YAMLTexts.hostile)

  private static let reproduction = """
    name: small
    title: Small
    reproduces: figure 1
    model: scenes-gap
    images: scenes-test
    figures:
      - name: maps
        kind: panels
        title: Maps
        rows:
          - { image: two-040, targets: [top, top2] }
        columns:
          - show: picture
          - methods: [gradient, grad-cam]
            note: "{relevance-mass:percent} on the object"
        cell: 40
      - name: counts
        kind: table
        title: Counts
        rows:
          - { method: grad-cam, label: Grad-CAM }
        over: { images: "two-04*", at-most: 2, target: top }
        columns:
          - { label: share, measure: relevance-mass, format: percent }
    """

  init?(_ material: FuzzMaterial) {
    self.material = material
    files = material.files("yaml").filter { $0.text.contains("\nmetrics:") }
    if files.isEmpty { return nil }
  }

  func mutant(_ number: Int, _ random: inout MutantRandom, in folder: String) throws -> Mutant {
    let path = folder + "/experiment.yaml"
    guard number % 4 > 0 else {
      let (text, change) = damage.apply(to: Array(Self.reproduction.utf8), &random)
      try text.write(to: path)
      return Mutant(
        change: "reproduction: \(change)",
        command: ShellCommand("reproduce", path, "--output", folder + "/figures", "--format", "png"))
    }
    let file = files[number % files.count]
    let (text, change) = damage.apply(to: file.bytes, &random)
    try text.write(to: path)
    return Mutant(
      change: "\(file.path.split(separator: "/").suffix(2).joined(separator: "/")): \(change)",
      command: ShellCommand("bench", path, "--dry-run"))
  }
}
