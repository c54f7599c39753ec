/// Damaged bytes of ONNX model files.
struct ONNXCategory: FuzzCategory {
  static let name = "onnx"
  static let about = "bytes of ONNX model files"
  static let weight = 20
  private let material: FuzzMaterial
  private let files: [FuzzMaterial.File]

  init?(_ material: FuzzMaterial) {
    self.material = material
    files = material.files("onnx")
    if files.isEmpty { return nil }
  }

  func mutant(_ number: Int, _ random: inout MutantRandom, in folder: String) throws -> Mutant {
    let file = files[number % files.count]
    let path = folder + "/mutant.onnx"
    try ByteDamage().apply(to: file.bytes, &random).write(to: path)
    return Mutant(
      change: "bytes of \(file.name)", command: material.reading(model: path, in: folder, &random))
  }
}
