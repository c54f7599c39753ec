/// Damaged bytes of JPEG files.
struct JPEGCategory: FuzzCategory {
  static let name = "jpeg"
  static let about = "bytes of JPEG images"
  static let weight = 10
  private let material: FuzzMaterial
  private let files: [FuzzMaterial.File]

  init?(_ material: FuzzMaterial) {
    self.material = material
    files = material.files("jpg", "jpeg")
    if files.isEmpty { return nil }
  }

  func mutant(_ number: Int, _ random: inout MutantRandom, in folder: String) throws -> Mutant {
    let file = files[number % files.count]
    try ByteDamage().apply(to: file.bytes, &random).write(to: folder + "/mutant.jpg")
    return Mutant(
      change: "bytes of \(file.name)",
      command: material.reading(image: folder + "/mutant.jpg", in: folder, &random))
  }
}
