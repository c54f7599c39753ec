internal import Configuration
internal import Foundation
internal import HDF5
public import Imaging
internal import ModelLibrary
internal import SaliencyCore

/// An HDF5 file of saliency maps as float32, with the settings as attributes.
///
///     /                         toolkit, version, model, preprocessing, conventions, digests
///     /IMAGE                    image, input (the digest of its preprocessed pixels), height, width
///     /IMAGE/TARGET             target (`logit(boxer)`), index and probability of a class, label, score, layer
///     /IMAGE/TARGET/METHOD      method, every parameter, seconds, passes, overlay (a file); error if there is no map
///     /IMAGE/TARGET/METHOD/attribution    (H, W, C) or (h, w, 1): the method's signed values
///     /IMAGE/TARGET/METHOD/map            (H, W): channels reduced, upsampled to the size of the input
public struct MapsFile {
  /// The attribute that names the overlay of a map.
  static let overlay = "overlay"

  private let decoding: DecodingOptions
  private let provenance: MapsProvenance
  private var image: String?

  init(decoding: DecodingOptions, provenance: MapsProvenance) {
    self.decoding = decoding
    self.provenance = provenance
  }

  /// Writes the maps of results.
  ///
  /// - Parameters:
  ///   - results: The results of a ``SaliencyPipeline``.
  ///   - path: The file, which is replaced as a whole.
  ///   - drawing: How attributions become maps; by default as each method says.
  ///   - decoding: How the images were decoded.
  ///   - provenance: The digests to note.
  /// - Throws: `HDF5Error` if the file cannot be written.
  public static func write(
    _ results: [ImageResult], to path: String, drawing: MapDrawing = MapDrawing(),
    decoding: DecodingOptions = DecodingOptions(), provenance: MapsProvenance = MapsProvenance()
  ) throws {
    try HDF5Writer.write(to: path) { file in
      var maps = MapsFile(decoding: decoding, provenance: provenance)
      for result in results {
        try maps.add(result.request, to: file)
        for method in result.methods {
          try maps.add(method, for: result.request, drawing.convention(for: method.method), in: file)
        }
      }
    }
  }

  /// Adds the group of a target, and that of its image if it is the image's first.
  ///
  /// - Throws: `HDF5Error` if the disk is full.
  mutating func add(_ row: ImageRequest, to file: borrowing HDF5Writer) throws {
    if image == nil { try describe(row, in: file) }
    if image != row.file.name { try addImage(row, in: file) }
    image = row.file.name
    try Self.addTarget(row, in: file)
  }

  private func describe(_ row: ImageRequest, in file: borrowing HDF5Writer) throws {
    let (model, transform) = (row.request.model, row.transform)
    let digests = [("program", provenance.program), ("network", provenance.network?(model))]
    let texts = [
      ("toolkit", "saliency"), ("version", Toolkit.version), ("model", model.name),
      ("model_file", row.loaded.source.path),
      ("preprocessing", transform.preprocessing.description), ("resize", transform.resampling.rawValue),
      ("fit", transform.fit.rawValue), ("decode", decoding == .keras ? "keras" : "viewer"),
      ("score", row.request.score.text(in: model)),
      ("explained", model.graph[row.request.explained].name),
    ]
    for (name, value) in texts { try file.attribute(name, value) }
    for case (let name, let value?) in digests { try file.attribute(name, value) }
  }

  private func addImage(_ row: ImageRequest, in file: borrowing HDF5Writer) throws {
    let group = row.file.name
    try file.group(group)
    try file.attribute("image", row.file.path, of: group)
    if let digest = provenance.input?(row.request.inputs) { try file.attribute("input", digest, of: group) }
    try file.attribute("height", row.image.height, of: group)
    try file.attribute("width", row.image.width, of: group)
  }

  private static func addTarget(_ row: ImageRequest, in file: borrowing HDF5Writer) throws {
    let group = "\(row.file.name)/\(row.targetSlug)"
    try file.group(group)
    if let index = row.target.classIndex { try file.attribute("index", index, of: group) }
    try file.attribute("target", row.target.text(labels: row.request.model.labels), of: group)
    try file.attribute("label", row.targetName, of: group)
    try file.attribute("score", Double(row.score), of: group)
    if let probability = row.probability { try file.attribute("probability", Double(probability), of: group) }
    if let layer = row.request.layer {
      try file.attribute("layer", row.request.model.graph[layer].name, of: group)
    }
  }

  /// Adds the group of a method.
  ///
  /// - Throws: `HDF5Error` if the disk is full.
  func add(
    _ result: MethodResult, for row: ImageRequest, _ convention: MapConvention, overlay: String? = nil,
    in file: borrowing HDF5Writer
  ) throws {
    let group = "\(row.file.name)/\(row.targetSlug)/\(result.groupName)"
    try file.group(group)
    try file.attribute("method", result.descriptor.identifier, of: group)
    try file.attribute("title", result.descriptor.title, of: group)
    try file.attribute("paper", result.descriptor.paper, of: group)
    try file.attribute("configuration", result.method.canonicalJSON, of: group)
    for (name, value) in result.parameters {
      try Self.attribute("parameter_\(name)", value, of: group, in: file)
    }
    let reduction = convention.reduction ?? result.method.reduction
    try file.attribute("reduction", reduction.rawValue, of: group)
    try file.attribute("enlargement", (convention.resize ?? .bilinear).rawValue, of: group)
    try file.attribute("normalisation", (convention.normalise ?? .unchanged).rawValue, of: group)
    try file.attribute("order", (convention.order ?? .resizeFirst).rawValue, of: group)
    try file.attribute("score", result.score.text(in: row.request.model), of: group)
    try file.attribute("seconds", result.seconds, of: group)
    try file.attribute("forward_passes", result.passes.forward, of: group)
    try file.attribute("backward_passes", result.passes.backward, of: group)
    if let overlay { try file.attribute(Self.overlay, (overlay as NSString).lastPathComponent, of: group) }
    switch result.outcome {
    case .failure(let error): try file.attribute("error", error.description, of: group)
    case .success(let attribution):
      try Self.add(attribution, convention.map(of: attribution, by: result.method, row), to: group, of: file)
    }
  }

  private static func add(
    _ attribution: Attribution, _ map: SaliencyMap, to group: String, of file: borrowing HDF5Writer
  ) throws {
    if let matched = attribution.matched { try file.attribute("matched_layers", matched, of: group) }
    if let gap = attribution.completenessGap {
      try file.attribute("completeness_gap", Double(gap[0]), of: group)
    }
    try attribution.values.withUnsafeScalars {
      try file.dataset("\(group)/attribution", shape: attribution.values.shape.sample.dimensions, $0)
    }
    if let defect = map.defect { try file.attribute("defect", defect.rawValue, of: group) }
    try file.dataset("\(group)/map", shape: [map.height, map.width], map.values)
  }

  private static func attribute(
    _ name: String, _ value: ParameterTree, of group: String, in file: borrowing HDF5Writer
  ) throws {
    switch value {
    case .integer(let number): try file.attribute(name, number, of: group)
    case .number(let number): try file.attribute(name, number, of: group)
    default: try file.attribute(name, value.description, of: group)
    }
  }
}

extension MapConvention {
  /// The map of one image at the size of the input.
  fileprivate func map(
    of attribution: Attribution, by method: any SaliencyMethod, _ row: ImageRequest
  ) -> SaliencyMap {
    let shape = row.request.model.inputShape
    return map(of: attribution, by: method, height: shape[0], width: shape[1])
  }
}

extension ScoreKind {
  /// What is explained of a class, for a model: `pre-softmax`, `output`, `loss`.
  fileprivate func text(in model: Model) -> String {
    self == .preSoftmax && model.outputKind != .bare ? "pre-\(model.outputKind.rawValue)" : rawValue
  }
}

extension MethodResult {
  /// The method with the parameters that differ from the paper's, as a part of a path.
  fileprivate var groupName: String { method.label.replacingOccurrences(of: "/", with: "-") }
}
