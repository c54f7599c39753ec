/// Damaged bytes of HDF5 model files.
struct HDF5Category: FuzzCategory {
  static let name = "hdf5"
  static let about = "bytes of HDF5 model files"
  static let weight = 30
  private let material: FuzzMaterial
  private let files: [FuzzMaterial.File]

  init?(_ material: FuzzMaterial) {
    self.material = material
    files = material.models("h5", "hdf5")
    if files.isEmpty { return nil }
  }

  func mutant(_ number: Int, _ random: inout MutantRandom, in folder: String) throws -> Mutant {
    let file = files[number % files.count]
    let path = folder + "/mutant.h5"
    try ByteDamage(place: .nearHDF5Structures).apply(to: file.bytes, &random).write(to: path)
    return Mutant(
      change: "bytes of \(file.name)",
      command: material.reading(
        model: path, architecture: material.architecture(for: file), in: folder, &random))
  }
}
