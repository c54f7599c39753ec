internal import Configuration
internal import Metrics
internal import SaliencyCore
internal import Support

extension Experiment {
  /// A part of the experiment.
  ///
  /// - Parameters:
  ///   - images: The number of images of each source, the first ones; nil for all.
  ///   - methods: Names or identifiers of methods and controls; all if empty. An identifier means all methods of the type.
  ///   - metrics: Names or identifiers of metrics; all if empty.
  /// - Throws: ``ExperimentPartError`` if the experiment has no such method or metric, or if no method or metric is left.
  public func limited(
    to images: Int? = nil, methods: [String] = [], metrics: [String] = []
  ) throws(ExperimentPartError) -> Experiment {
    var part = self
    if let images { part.images = part.images.map { $0.first(images) } }
    if !methods.isEmpty {
      let all = self.methods + controls
      let kept = try Self.positions(
        of: methods, "method", all.map { [$0.name, $0.method.label, $0.identifier] })
      part.methods = self.methods.indices.filter(kept.contains).map { self.methods[$0] }
      part.controls = controls.indices.filter { kept.contains($0 + self.methods.count) }.map { controls[$0] }
      guard !part.methods.isEmpty else {
        throw ExperimentPartError(description: "--methods: found only controls, expected a method")
      }
    }
    if !metrics.isEmpty {
      let kept = try Self.positions(
        of: metrics, "metric",
        self.metrics.map { [$0.name, $0.metric.label, type(of: $0.metric).identifier] })
      part.metrics = self.metrics.indices.filter(kept.contains).map { self.metrics[$0] }
    }
    return part
  }

  /// The positions of the choices that have one of some names.
  private static func positions(
    of wanted: [String], _ kind: String, _ choices: [[String]]
  ) throws(ExperimentPartError) -> Set<Int> {
    var kept = Set<Int>()
    for name in wanted {
      let found = choices.indices.filter { choices[$0].contains(name) }
      guard !found.isEmpty else {
        let known = choices.compactMap(\.first)
        throw ExperimentPartError(
          description: "--\(kind)s: the experiment has no \(kind) \"\(name)\""
            + "\(suggestion(for: name, among: Set(choices.flatMap(\.self)).sorted())) (\(kind)s: \(known.joined(separator: ", ")))"
        )
      }
      kept.formUnion(found)
    }
    return kept
  }
}

extension MethodChoice {
  /// The identifier of the method's type.
  fileprivate var identifier: String { type(of: method).descriptor.identifier }
}

extension ImageSource {
  /// The first images of the source.
  fileprivate func first(_ count: Int) -> ImageSource {
    var source = self
    source.limit = count
    return source
  }
}

/// A part of an experiment that does not exist.
public struct ExperimentPartError: Error, Equatable, CustomStringConvertible {
  /// What was found and what was expected.
  public let description: String
}
