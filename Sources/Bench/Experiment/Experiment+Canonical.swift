public import Configuration
internal import Foundation
internal import Metrics
public import ModelLibrary
internal import SaliencyCore

extension Experiment {
  /// Everything that is said, defaults written out, in one order: equal for experiments that mean the same.
  public var configuration: ParameterTree {
    var map: [String: ParameterTree] = [
      "name": .string(name),
      "models": .list(models.map(\.tree)),
      "images": .list(images.map(\.tree)),
      "targets": .list(targets.map { .string($0.description) }),
      "seed": .integer(Int(truncatingIfNeeded: seed)),
      "maps": .string(maps.rawValue),
      "statistics": .map([
        "confidence": .number(statistics.confidence), "level": .number(statistics.level),
        "resamples": .integer(statistics.resamples), "permutations": .integer(statistics.permutations),
      ]),
      "figures": .list(overviews.map(\.tree) + figures.map(\.tree)),
      "gallery": .integer(gallery),
    ]
    if hasBenchmark || figures.isEmpty {
      map["methods"] = .list(methods.map(\.tree))
      map["controls"] = .list(controls.map(\.tree))
      map["metrics"] = .list(metrics.map(\.tree))
    }
    map["title"] = title.map(ParameterTree.string)
    map["paper"] = paper.map(ParameterTree.string)
    map["reproduces"] = reproduces.map(ParameterTree.string)
    map["about"] = about.map(ParameterTree.string)
    return .map(map)
  }

  /// The configuration as JSON with sorted keys.
  public var canonicalJSON: String { configuration.canonicalJSON }
}

extension ParameterTree {
  /// JSON with sorted keys, on one line.
  var canonicalJSON: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = (try? encoder.encode(self)) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }
}

extension Experiment: Codable {
  /// Decodes what `encode(to:)` wrote; the decoder carries the catalogs under `Catalogs.key`.
  public init(from decoder: any Decoder) throws {
    let tree = try ParameterTree(from: decoder)
    guard let catalogs = decoder.userInfo[Catalogs.key] as? Catalogs else {
      throw ConfigurationError.syntax("experiment", reason: "the decoder carries no catalogs")
    }
    try self.init(canonical: tree.canonicalJSON, catalogs: catalogs)
  }

  public func encode(to encoder: any Encoder) throws { try configuration.encode(to: encoder) }

  /// Reads a canonical form.
  ///
  /// JSON is YAML, so there is one reader.
  public init(canonical json: String, catalogs: Catalogs) throws(YAMLError) {
    try self.init(parsing: json, file: "the stored experiment", catalogs: catalogs)
  }
}

extension Experiment: Equatable {
  public static func == (a: Experiment, b: Experiment) -> Bool { a.configuration == b.configuration }
}

extension ModelChoice {
  var tree: ParameterTree {
    .map(
      [
        "model": .string(model), "label": label.map(ParameterTree.string),
        "layer": layer.map(ParameterTree.string),
      ]
      .compactMapValues(\.self))
  }
}

extension MethodChoice {
  var tree: ParameterTree {
    .map(
      [
        "method": method.configuration, "label": label.map(ParameterTree.string),
        "layer": layer.map(ParameterTree.string), "score": score.map { .string($0.rawValue) },
        "reduction": map.reduction.map { .string($0.rawValue) },
        "resize": map.resize.map { .string($0.rawValue) },
        "normalise": map.normalise.map { .string($0.rawValue) },
        "order": map.order.map { .string($0.rawValue) },
      ].compactMapValues(\.self))
  }

  /// What decides its numbers: all but the label, and parameters of later versions at their defaults.
  var keyText: String {
    guard case .map(var parts) = tree else { return tree.canonicalJSON }
    parts["label"] = nil
    parts["method"] = method.keyConfiguration
    return ParameterTree.map(parts).canonicalJSON
  }
}

extension MetricChoice {
  var tree: ParameterTree {
    .map(
      [
        "metric": metric.configuration, "label": label.map(ParameterTree.string),
        "images": images.map(ParameterTree.integer),
      ].compactMapValues(\.self))
  }
}

extension ImageSource {
  var tree: ParameterTree {
    var map: [String: ParameterTree?]
    switch kind {
    case .bundled(let name): map = ["bundled": .string(name)]
    case .file(let path): map = ["file": .string(path)]
    case .folder(let path): map = ["folder": .string(path)]
    case .glob(let pattern): map = ["glob": .string(pattern)]
    case .classes(let path): map = ["classes": .string(path)]
    case .memory(let images): map = ["memory": .list(images.map { .string($0.name) })]
    case .coco(let annotations, let images):
      map = ["coco": .string(annotations), "images": images.map(ParameterTree.string)]
    case .voc(let annotations, let images, let segmentation):
      map = [
        "voc": .string(annotations), "images": images.map(ParameterTree.string),
        "segmentation": segmentation.map(ParameterTree.string),
      ]
    }
    map["range"] = range.map { .string("\($0.lowerBound)..<\($0.upperBound)") }
    map["sample"] = sample.map(ParameterTree.integer)
    map["limit"] = limit.map(ParameterTree.integer)
    return .map(map.compactMapValues(\.self))
  }
}

extension OverviewFigure {
  var tree: ParameterTree {
    .map(
      [
        "name": .string(name), "title": title.map(ParameterTree.string),
        "rows": .list(rows.map { .string($0.rawValue) }),
        "columns": .list(columns.map { .string($0.rawValue) }),
        "images": .integer(images), "show": .string(show.rawValue),
        "colormap": colormap.map(ParameterTree.string),
      ].compactMapValues(\.self))
  }
}
