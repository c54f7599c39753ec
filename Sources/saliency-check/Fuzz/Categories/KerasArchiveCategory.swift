/// Damaged bytes of `.keras` archives, mostly of one entry with its checksum put right.
struct KerasArchiveCategory: FuzzCategory {
  static let name = "keras"
  static let about = "bytes of .keras archives and of their entries"
  static let weight = 15
  private let material: FuzzMaterial
  private let files: [FuzzMaterial.File]

  init?(_ material: FuzzMaterial) {
    self.material = material
    files = material.models("keras")
    if files.isEmpty { return nil }
  }

  func mutant(_ number: Int, _ random: inout MutantRandom, in folder: String) throws -> Mutant {
    let file = files[number % files.count]
    let path = folder + "/mutant.keras"
    var (bytes, change) = (file.bytes, "bytes")
    if random.integer(below: 3) > 0, let entry = StoredZip(bytes).entries.randomElement(using: &random) {
      let isHDF5 = entry.name.hasSuffix(".h5")
      let damage = ByteDamage(place: isHDF5 ? .nearHDF5Structures : .anywhere, keepsLength: true)
      StoredZip.replace(entry, with: damage.apply(to: Array(bytes[entry.data]), &random), in: &bytes)
      change = "bytes of \(entry.name)"
    } else {
      bytes = ByteDamage().apply(to: bytes, &random)
    }
    try bytes.write(to: path)
    return Mutant(
      change: "\(change) of \(file.name)", command: material.reading(model: path, in: folder, &random))
  }
}
