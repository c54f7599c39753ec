/// Images whose header declares an extreme size: whole PNGs of zeros, PNGs and JPEGs with the data of a small one.
struct ImageSizeCategory: FuzzCategory {
  static let name = "image-size"
  static let about = "extreme sizes and aspect ratios of PNG and JPEG images"
  static let weight = 6
  private let material: FuzzMaterial
  private let pngs: [FuzzMaterial.File]
  private let jpegs: [FuzzMaterial.File]

  private static let sides = [
    0, 1, 2, 3, 255, 256, 4096, 16_384, 30_000, 65_500, 65_535, 65_536, 1_000_000, 10_000_000, 100_000_000,
    0x7FFF_FFFF,
    0x8000_0000, 0xFFFF_FFFF,
  ]

  init?(_ material: FuzzMaterial) {
    self.material = material
    pngs = material.files("png")
    jpegs = material.files("jpg", "jpeg")
    if pngs.isEmpty || jpegs.isEmpty { return nil }
  }

  func mutant(_ number: Int, _ random: inout MutantRandom, in folder: String) throws -> Mutant {
    let count = Self.sides.count * Self.sides.count
    let place = MutantRandom.place(of: number / 3, among: count, seed: material.seed)
    let (width, height) = (Self.sides[place % Self.sides.count], Self.sides[place / Self.sides.count])
    let (path, kind) = (
      folder + "/mutant." + (number % 3 == 2 ? "jpg" : "png"), ["zeros", "header", "JPEG"][number % 3]
    )
    switch number % 3 {
    case 0: try zeros(width: width, height: height, &random).write(to: path)
    case 1: try header(width: width, height: height, &random).write(to: path)
    default: try jpeg(width: width, height: height, &random).write(to: path)
    }
    return Mutant(
      change: "\(kind), \(width) x \(height)", command: material.reading(image: path, in: folder, &random))
  }

  /// A PNG of black pixels, whole if it can be written with some megabytes.
  private func zeros(width: Int, height: Int, _ random: inout MutantRandom) -> [UInt8] {
    let formats = [(1, 0, 1), (8, 0, 1), (8, 2, 3), (16, 6, 4)]
    let (bits, colorType, channels) = random.element(of: formats)
    return BlackPNG(
      width: width, height: height, bits: bits, colorType: colorType, channels: channels
    ).bytes
  }

  private func header(width: Int, height: Int, _ random: inout MutantRandom) -> [UInt8] {
    var bytes = random.element(of: pngs).bytes
    guard bytes.count > 33 else { return bytes }
    for i in 0..<4 {
      bytes[16 + i] = UInt8(truncatingIfNeeded: width >> (24 - 8 * i))
      bytes[20 + i] = UInt8(truncatingIfNeeded: height >> (24 - 8 * i))
    }
    if random.once(in: 4) { bytes[24] = random.element(of: [1, 2, 4, 8, 16]) }
    if random.once(in: 4) { bytes[25] = random.element(of: [0, 2, 3, 4, 6]) }
    if random.once(in: 4) { bytes[28] = 1 }
    PNGChunks.repairSums(&bytes)
    return bytes
  }

  /// Sets the two sizes of the frame header, the segment of marker C0, C1 or C2.
  private func jpeg(width: Int, height: Int, _ random: inout MutantRandom) -> [UInt8] {
    var bytes = random.element(of: jpegs).bytes
    for i in 0..<max(bytes.count - 9, 0) where bytes[i] == 0xFF && (0xC0...0xC2).contains(bytes[i + 1]) {
      (bytes[i + 5], bytes[i + 6]) = (
        UInt8(truncatingIfNeeded: height >> 8), UInt8(truncatingIfNeeded: height)
      )
      (bytes[i + 7], bytes[i + 8]) = (UInt8(truncatingIfNeeded: width >> 8), UInt8(truncatingIfNeeded: width))
      break
    }
    return bytes
  }
}
