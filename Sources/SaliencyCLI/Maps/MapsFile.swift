internal import Bench
internal import Configuration
internal import Foundation
internal import HDF5
internal import Imaging
internal import ModelLibrary
internal import SaliencyCore

/// The layout of `maps.h5`: raw maps as float32, with everything that was chosen on the way in attributes.
///
///     /                         toolkit, version, program, model, network (digests), preprocessing, conventions
///     /PICTURE                  image, input (the digest of its preprocessed pixels), height, width
///     /PICTURE/CLASS            index, label, score, probability, layer
///     /PICTURE/CLASS/METHOD     method, every parameter, seconds, passes, overlay (a file); error if there is no map
///     /PICTURE/CLASS/METHOD/attribution    (H, W, C) or (h, w, 1): the method's signed values as they are
///     /PICTURE/CLASS/METHOD/map            (H, W): channels reduced, enlarged to the input's size
struct MapsFile {
  /// The attribute that names the overlay of a map.
  static let overlay = "overlay"

  private var picture: String?

  /// The groups of a class and, where it is the picture's first, of its picture.
  ///
  /// - Parameter decoding: How the pictures were read.
  /// - Throws: `HDF5Error` where the disk is full.
  mutating func add(_ row: ImageRequest, decoding: String, to file: borrowing HDF5Writer) throws {
    if picture == nil { try Self.describe(row, decoding: decoding, in: file) }
    if picture != row.file.name { try Self.addPicture(row, in: file) }
    picture = row.file.name
    try Self.addClass(row, in: file)
  }

  private static func describe(
    _ row: ImageRequest, decoding: String, in file: borrowing HDF5Writer
  ) throws {
    let (model, transform) = (row.request.model, row.transform)
    let texts = [
      ("toolkit", "saliency"), ("version", SaliencyTool.version), ("program", CodeVersion.program),
      ("model", model.name), ("model_file", row.loaded.source.path), ("network", model.fingerprint.hex),
      ("preprocessing", transform.preprocessing.description), ("resize", transform.resampling.rawValue),
      ("fit", transform.fit.rawValue), ("decode", decoding),
      ("score", row.request.explained == model.output ? "output" : "pre-\(model.outputKind.rawValue)"),
      ("explained", model.graph[row.request.explained].name),
      ("enlargement", "bilinear, half-pixel centres, edges clamped"),
    ]
    for (name, value) in texts { try file.attribute(name, value) }
  }

  private static func addPicture(_ row: ImageRequest, in file: borrowing HDF5Writer) throws {
    let group = row.file.name
    try file.group(group)
    try file.attribute("image", row.file.path, of: group)
    try file.attribute("input", Digest { $0.add(row.request.inputs) }.hex, of: group)
    try file.attribute("height", row.picture.height, of: group)
    try file.attribute("width", row.picture.width, of: group)
  }

  private static func addClass(_ row: ImageRequest, in file: borrowing HDF5Writer) throws {
    let group = "\(row.file.name)/\(row.classSlug)"
    try file.group(group)
    try file.attribute("index", row.target, of: group)
    try file.attribute("label", row.className, of: group)
    try file.attribute("score", Double(row.score), of: group)
    if let probability = row.probability { try file.attribute("probability", Double(probability), of: group) }
    if let layer = row.request.layer {
      try file.attribute("layer", row.request.model.graph[layer].name, of: group)
    }
  }

  /// The group of a method's answer.
  ///
  /// - Throws: `HDF5Error` where the disk is full.
  func add(
    _ answer: MethodAnswer, to row: ImageRequest, reduction: ChannelReduction,
    in file: borrowing HDF5Writer
  ) throws {
    let group = Self.group(of: answer, to: row)
    try file.group(group)
    try file.attribute("method", answer.descriptor.identifier, of: group)
    try file.attribute("title", answer.descriptor.title, of: group)
    try file.attribute("paper", answer.descriptor.paper, of: group)
    try file.attribute("configuration", answer.method.canonicalJSON, of: group)
    for (name, value) in answer.parameters {
      try Self.attribute("parameter_\(name)", value, of: group, in: file)
    }
    try file.attribute("reduction", reduction.rawValue, of: group)
    try file.attribute("seconds", answer.seconds, of: group)
    try file.attribute("forward_passes", answer.passes.forward, of: group)
    try file.attribute("backward_passes", answer.passes.backward, of: group)
    switch answer.outcome {
    case .failure(let error): try file.attribute("error", error.description, of: group)
    case .success(let attribution):
      try Self.add(attribution, reduction: reduction, to: row, in: group, of: file)
    }
  }

  /// Notes the overlay that was written for a map.
  ///
  /// - Throws: `HDF5Error` if the disk is full.
  func note(
    overlay path: String, of answer: MethodAnswer, to row: ImageRequest, in file: borrowing HDF5Writer
  ) throws {
    let name = (path as NSString).lastPathComponent
    try file.attribute(Self.overlay, name, of: Self.group(of: answer, to: row))
  }

  private static func group(of answer: MethodAnswer, to row: ImageRequest) -> String {
    "\(row.file.name)/\(row.classSlug)/\(answer.groupName)"
  }

  private static func add(
    _ attribution: Attribution, reduction: ChannelReduction, to row: ImageRequest, in group: String,
    of file: borrowing HDF5Writer
  ) throws {
    if let matched = attribution.matched { try file.attribute("matched_layers", matched, of: group) }
    if let gap = attribution.completenessGap {
      try file.attribute("completeness_gap", Double(gap[0]), of: group)
    }
    try attribution.values.withUnsafeScalars {
      try file.dataset("\(group)/attribution", shape: attribution.values.shape.sample.dimensions, $0)
    }
    let size = row.request.model.inputShape
    let map = SaliencyMap(attribution, reduction: reduction)
    if let defect = map.defect { try file.attribute("defect", defect.rawValue, of: group) }
    try file.dataset(
      "\(group)/map", shape: [size[0], size[1]], map.resized(height: size[0], width: size[1]).values)
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

extension MethodAnswer {
  /// The method with the parameters that differ from the paper's, as a part of a path.
  var groupName: String { method.label.replacingOccurrences(of: "/", with: "-") }

  /// Every parameter by name.
  var parameters: [(String, ParameterTree)] {
    guard case .map(let named) = method.configuration, case .map(let found)? = named.values.first else {
      return []
    }
    return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
