/// Damaged bytes of PNG files, half of them with their checksums put right.
struct PNGCategory: FuzzCategory {
  static let name = "png"
  static let about = "bytes of PNG images"
  static let weight = 12
  private let material: FuzzMaterial
  private let files: [FuzzMaterial.File]

  init?(_ material: FuzzMaterial) {
    self.material = material
    files = material.files("png")
    if files.isEmpty { return nil }
  }

  func mutant(_ number: Int, _ random: inout MutantRandom, in folder: String) throws -> Mutant {
    let file = files[number % files.count]
    var bytes = ByteDamage().apply(to: file.bytes, &random)
    if random.once(in: 2) { PNGChunks.repairSums(&bytes) }
    try bytes.write(to: folder + "/mutant.png")
    return Mutant(
      change: "bytes of \(file.name)",
      command: material.reading(image: folder + "/mutant.png", in: folder, &random))
  }
}
