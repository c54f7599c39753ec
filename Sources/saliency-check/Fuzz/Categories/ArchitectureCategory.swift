/// Architectures with one value replaced: in files of `to_json()`, in the attribute `model_config` of HDF5 files, in the
/// `config.json` of `.keras` archives.
struct ArchitectureCategory: FuzzCategory {
  static let name = "architecture"
  static let about = "values of the architecture's JSON, in files, HDF5 and .keras"
  static let weight = 60

  /// An architecture, and where it lies.
  private struct Source {
    var file: FuzzMaterial.File
    var values: JSONValues
    var place: Place
  }

  private enum Place {
    case file(weights: String)
    case attribute(Range<Int>)
    case entry(StoredZip.Entry)
  }

  private let material: FuzzMaterial
  private let sources: [Source]

  init?(_ material: FuzzMaterial) {
    self.material = material
    sources = material.models("h5", "keras").compactMap { file in
      if file.suffix == "keras" { return Self.entry(of: file) }
      guard let path = material.architecture(for: file) else { return Self.attribute(of: file) }
      guard let architecture = material.files("json").first(where: { $0.path == path }) else { return nil }
      return JSONValues(architecture.bytes).map {
        Source(file: architecture, values: $0, place: .file(weights: file.path))
      }
    }
    if sources.isEmpty { return nil }
  }

  func mutant(_ number: Int, _ random: inout MutantRandom, in folder: String) throws -> Mutant {
    let source = sources[number % sources.count]
    let place = MutantRandom.place(
      of: number / sources.count, among: source.values.mutantCount, seed: material.seed)
    let (text, change) = source.values.mutant(place)
    let path = "\(folder)/mutant.\(source.file.suffix)"
    let named = "\(change) in \(source.file.name)"
    switch source.place {
    case .file(let weights):
      try text.write(to: path)
      return Mutant(
        change: named,
        command: material.reading(model: weights, architecture: path, in: folder, &random))
    case .attribute(let range):
      var bytes = source.file.bytes
      bytes.replaceSubrange(range, with: Self.fitted(text, to: range.count))
      try bytes.write(to: path)
    case .entry(let entry):
      var bytes = source.file.bytes
      StoredZip.replace(entry, with: Self.fitted(text, to: entry.data.count), in: &bytes)
      try bytes.write(to: path)
    }
    return Mutant(change: named, command: material.reading(model: path, in: folder, &random))
  }

  /// The text in just as many bytes.
  ///
  /// The spaces that Keras writes between values are removed, and others are appended. A text that is still too long is cut.
  private static func fitted(_ text: [UInt8], to count: Int) -> [UInt8] {
    let short = JSONValues.compacted(text).prefix(count)
    return short + Array(repeating: 0x20, count: count - short.count)
  }

  /// The longest text in an HDF5 file that describes a class.
  private static func attribute(of file: FuzzMaterial.File) -> Source? {
    let marks = ["{\"class_name\"", "{\"module\""].map { Array($0.utf8) }
    var best: JSONValues?
    var range = 0..<0
    var place = 0
    while let start = file.bytes[place...].firstIndex(of: UInt8(ascii: "{")) {
      place = start + 1
      guard marks.contains(where: { file.bytes[start...].starts(with: $0) }),
        let values = JSONValues(file.bytes, from: start), values.end - start > range.count
      else { continue }
      (best, range) = (JSONValues(Array(file.bytes[start..<values.end])), start..<values.end)
      place = values.end
    }
    return best.map { Source(file: file, values: $0, place: .attribute(range)) }
  }

  private static func entry(of file: FuzzMaterial.File) -> Source? {
    guard let entry = StoredZip(file.bytes).entries.first(where: { $0.name == "config.json" }),
      let values = JSONValues(Array(file.bytes[entry.data]))
    else { return nil }
    return Source(file: file, values: values, place: .entry(entry))
  }
}
