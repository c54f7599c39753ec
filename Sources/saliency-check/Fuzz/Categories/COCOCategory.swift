/// COCO annotations with one value replaced, or with damaged text, in a small run.
struct COCOCategory: FuzzCategory {
  static let name = "coco"
  static let about = "values and text of COCO annotations"
  static let weight = 20
  private let material: FuzzMaterial
  private let values: JSONValues
  private let bytes: [UInt8]
  private let damage = TextDamage(words: ["{", "[", "]", "}", "\"", "\\ud800", "[1]", "{\"counts\": 1}"])

  private static let annotations = """
    {"categories": [{"id": 0, "name": "striped disc"}, {"id": 1, "name": "spotted disc"}],
     "images": [{"id": 7, "file_name": "two-000.png", "width": 96, "height": 96}],
     "annotations": [
      {"id": 1, "image_id": 7, "category_id": 0, "bbox": [10, 12.5, 30, 30], "iscrowd": 0, "area": 700,
       "segmentation": [[10.5, 10, 40, 12, 30, 44.25], [50, 50, 60, 50, 60, 60, 50, 60]]},
      {"id": 2, "image_id": 7, "category_id": 0, "bbox": [1, 2, 3, 4],
       "segmentation": {"counts": [4000, 16, 80, 16, 5104], "size": [96, 96]}},
      {"id": 3, "image_id": 7, "category_id": 1, "iscrowd": 1,
       "segmentation": {"counts": "Xo0b1^10hj7", "size": [96, 96]}}]}
    """

  init?(_ material: FuzzMaterial) {
    self.material = material
    bytes = Array(Self.annotations.utf8)
    guard let values = JSONValues(bytes) else { return nil }
    self.values = values
  }

  func mutant(_ number: Int, _ random: inout MutantRandom, in folder: String) throws -> Mutant {
    let (text, change) =
      number % 4 > 0
      ? values.mutant(
        MutantRandom.place(of: number - number / 4 - 1, among: values.mutantCount, seed: material.seed))
      : damage.apply(to: bytes, &random)
    try text.write(to: folder + "/annotations.json")
    let images = FuzzMaterial.packaged("Data/scenes/test/images")
    return try Mutant(
      change: change,
      command: AnnotationRun.command(
        images: "{ coco: annotations.json, images: '\(images)' }", in: folder, &random))
  }
}

/// A run in which every kind of annotation is read.
enum AnnotationRun {
  static func command(
    images: String, in folder: String, _ random: inout MutantRandom
  ) throws -> ShellCommand {
    let experiment = """
      name: run
      models: [scenes-gap]
      images: \(images)
      targets: [annotated, top]
      methods: [grad-cam]
      controls: none
      metrics: [pointing-game, relevance-mass(region=mask), relevance-rank, box-localisation]
      gallery: 1
      """
    try Array(experiment.utf8).write(to: folder + "/experiment.yaml")
    let command = ["bench", folder + "/experiment.yaml"]
    // A shard does all that a run does, and draws no figures.
    return ShellCommand(
      command + (random.once(in: 4) ? ["--dry-run"] : ["--output", folder + "/run", "--shard", "1/1"]))
  }
}
