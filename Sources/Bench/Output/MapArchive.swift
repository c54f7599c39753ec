internal import Foundation
internal import HDF5
internal import SaliencyCore

/// The raw maps of a run as one HDF5 file, for other programs: written where the experiment says `maps: all`.
///
///     /                                 experiment, program, code, seed
///     /MODEL                            network (the digest of layers and weights), layer
///     /MODEL/IMAGE/TARGET               class, class_name, probability, input (the digest of the network's input)
///     /MODEL/IMAGE/TARGET/METHOD        float32 (H, W, C) or (h, w, 1): the method's signed values as they are;
///                                       configuration, paper, reduction, forward_passes, backward_passes, defect
///
/// The store holds the maps while a run grows, each in the transaction of its scores, so that a kill loses none; the file is made
/// from it in one go and appears under its name only when it is whole. A slash in a name becomes a colon.
struct MapArchive {
  static let name = "maps.h5"
  let pictures: RunPictures

  private var results: RunResults { pictures.results }

  /// Writes the file, one map in memory at a time.
  ///
  /// - Throws: `HDF5Error` if the disk is full; `StoreError`.
  func write(to path: String) throws {
    try HDF5Writer.write(to: path) { file in
      try describe(file)
      for setting in results.settings {
        for (q, request) in setting.requests.enumerated() {
          if let resolved = request.resolved { try add(request, resolved, q, of: setting, to: file) }
        }
      }
    }
  }

  private func describe(_ file: borrowing HDF5Writer) throws {
    let manifest = results.manifest
    try file.attribute("experiment", manifest.experiment)
    try file.attribute("program", manifest.program)
    try file.attribute("code", manifest.code)
    try file.attribute("seed", String(manifest.seed))
    for model in manifest.models {
      let group = Self.part(model.name)
      try file.group(group)
      try file.attribute("network", model.fingerprint, of: group)
      if let layer = model.layer { try file.attribute("layer", layer, of: group) }
    }
  }

  private func add(
    _ request: RunResults.Request, _ resolved: RequestRecord.Resolved, _ q: Int,
    of setting: RunResults.Setting,
    to file: borrowing HDF5Writer
  ) throws {
    let group = [setting.modelName, request.imageName, request.target].map(Self.part).joined(separator: "/")
    try file.group(group)
    if let index = resolved.classIndex { try file.attribute("class", index, of: group) }
    try file.attribute("class_name", resolved.className, of: group)
    if let probability = resolved.probability { try file.attribute("probability", probability, of: group) }
    try file.attribute("input", resolved.pixels.hex, of: group)
    for (m, element) in results.manifest.methods.enumerated() {
      guard let unit = setting.units[m][q], let map = try pictures.stored(unit) else { continue }
      let path = "\(group)/\(Self.part(element.name))"
      try file.dataset(path, shape: map.shape, map.values)
      try file.attribute("configuration", element.configuration, of: path)
      try file.attribute("paper", element.paper, of: path)
      try file.attribute("reduction", pictures.reduction(of: m).rawValue, of: path)
      try file.attribute("forward_passes", unit.passes.forward, of: path)
      try file.attribute("backward_passes", unit.passes.backward, of: path)
      if let defect = unit.defect { try file.attribute("defect", defect, of: path) }
    }
  }

  /// A name as one part of a path.
  private static func part(_ name: String) -> String {
    let part = name.replacingOccurrences(of: "/", with: ":")
    return part == "." || part.isEmpty ? "_" : part
  }
}
