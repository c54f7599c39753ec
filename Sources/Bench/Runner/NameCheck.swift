internal import Metrics
internal import ModelLibrary
internal import SaliencyCore
internal import Support

/// Names of an experiment that none of its models and images has.
///
/// A name that only some models have is no mistake: for the others the request is not applicable.
struct NameCheck {
  let experiment: Experiment
  let models: [BenchModel]
  let images: [DatasetImage]

  /// - Throws: `YAMLError` with the line of every such name.
  func check() throws(YAMLError) {
    var problems = YAMLProblems()
    for target in experiment.targets {
      guard let problem = problem(of: target) else { continue }
      // A target that is not written down fails because of the model.
      let origin = experiment.targetOrigins[target] ?? experiment.models.first?.origin
      problems.note(Self.error("targets", origin, problem))
    }
    for choice in experiment.methods + experiment.controls {
      guard let problem = problem(ofLayer: choice.layer) else { continue }
      problems.note(Self.error("methods", choice.origin, problem))
    }
    for choice in experiment.metrics {
      guard let problem = problem(ofObject: choice.metric.objectLabel) else { continue }
      problems.note(Self.error("metrics", choice.origin, problem))
    }
    try problems.check()
  }

  private static func error(_ key: String, _ origin: Origin?, _ problem: String) -> YAMLError {
    YAMLError(file: origin?.file ?? key, line: origin?.line, problem)
  }

  // MARK: Targets

  private func problem(of choice: TargetChoice) -> String? {
    if choice.needsTruth { return problem(ofDataSetTarget: choice) }
    var errors: [TargetError] = []
    for model in models {
      do {
        try choice.target(labels: model.model.labels)?.check(in: model.model)
        return nil
      } catch { errors.append(error) }
    }
    guard case .label(let name) = choice, errors.allSatisfy(\.isUnknownLabel) else {
      return (errors.first { !$0.isUnknownLabel } ?? errors.first).map { "\($0)" }
    }
    let labels = Set(models.flatMap { $0.model.labels ?? [] }).sorted()
    let near = suggestion(for: name, among: Self.words + labels)
    return "target \"\(name)\": no model has a class of this name"
      + (near.isEmpty ? "; wanted \(Self.words.joined(separator: ", ")), an index, or a class" : near)
  }

  private static let words = ["top", "top2", "least", "truth", "annotated"]

  /// `truth` and `annotated` need classes of the dataset, of which some model has one.
  private func problem(ofDataSetTarget choice: TargetChoice) -> String? {
    guard images.contains(where: { !$0.annotatedLabels.isEmpty }) else {
      return images.isEmpty
        ? nil
        : "target \(choice): no image has a class or an annotated object; wanted a data set that has them"
    }
    var known: [ClassNames] = []
    for image in images where !known.contains(image.classNames) { known.append(image.classNames) }
    let isKnown = models.contains { model in known.contains { !$0.indices(in: model.model).isEmpty } }
    guard !isKnown else { return nil }
    let names = known.flatMap(\.names)
    let listed = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", ..." : "")
    return "target \(choice): no model has a class of the data set (\(listed))"
  }

  // MARK: Layers and objects

  private func problem(ofLayer name: String?) -> String? {
    guard let name else { return nil }
    var first: String?
    for model in models {
      do {
        _ = try model.model.graph.find(name)
        return nil
      } catch { first = first ?? "\(error)" }
    }
    return first
  }

  private func problem(ofObject label: String?) -> String? {
    guard let label else { return nil }
    let isKnown = images.contains { image in
      image.classNames.names.contains(label) || image.objects?.contains { $0.label == label } == true
    }
    guard !isKnown else { return nil }
    let labels = Set(images.flatMap { $0.classNames.names + ($0.objects ?? []).map(\.label) }).sorted()
    return "object: no image has an object called \"\(label)\"\(suggestion(for: label, among: labels))"
  }
}

extension Target {
  /// Checks that a model has what the target names.
  func check(in model: Model) throws(TargetError) {
    _ = try resolved(in: model) { Array(repeating: 0, count: model.classCount) }
  }
}

extension TargetError {
  fileprivate var isUnknownLabel: Bool { if case .unknownLabel = self { true } else { false } }
}
