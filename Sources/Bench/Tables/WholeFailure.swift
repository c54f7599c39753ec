/// A part of an experiment that has no number at all because something failed.
public struct WholeFailure: Sendable, Equatable, CustomStringConvertible {
  public enum Kind: String, Sendable, CaseIterable {
    case images = "image set"
    case model
    case method
    case metric
  }

  public let kind: Kind
  public let name: String
  /// The first reason.
  public let reason: String

  public var description: String { "all of \(kind.rawValue) \"\(name)\" failed: \(reason)" }
}

extension RunResults {
  /// The image sets, models, methods and metrics of which every number failed or is not applicable, and at least one failed.
  ///
  /// What a failed image set accounts for is not said again of the models, and so on down the list.
  var wholeFailures: [WholeFailure] {
    var found: [WholeFailure] = []
    var failed: [WholeFailure.Kind: Set<Int>] = [:]
    for kind in WholeFailure.Kind.allCases {
      var tallies: [Int: (isDone: Bool, reason: String?)] = [:]
      forEachOutcome { place, outcome, reason in
        guard !failed.contains(where: { $1.contains(place[$0]) }) else { return }
        let part = place[kind]
        switch outcome {
        case .done: tallies[part, default: (false, nil)].isDone = true
        case .failed where tallies[part]?.reason == nil:
          tallies[part, default: (false, nil)].reason = reason()
        default: break
        }
      }
      let whole = tallies.filter { !$0.value.isDone && $0.value.reason != nil }.sorted { $0.key < $1.key }
      found += whole.map {
        WholeFailure(kind: kind, name: name(of: kind, $0.key), reason: $0.value.reason ?? "")
      }
      failed[kind] = Set(whole.map(\.key))
    }
    return found
  }

  /// Where a number belongs.
  private struct Place {
    let imageSet: Int
    let model: Int
    let method: Int
    let metric: Int

    subscript(kind: WholeFailure.Kind) -> Int {
      switch kind {
      case .images: imageSet
      case .model: model
      case .method: method
      case .metric: metric
      }
    }
  }

  private func forEachOutcome(_ body: (Place, Outcome, _ reason: () -> String) -> Void) {
    let sets = imageSets
    for setting in settings {
      for (q, request) in setting.requests.enumerated() {
        for m in methods.indices {
          for (c, column) in columns.enumerated() {
            guard let outcome = setting.outcome(m, c, q) else { continue }
            let place = Place(
              imageSet: sets[request.image], model: setting.model, method: m, metric: column.metric)
            body(place, outcome) { setting.reason(m, metric: column.metric, q) ?? "no reason was given" }
          }
        }
      }
    }
  }

  /// The source of each image.
  var imageSets: [Int] {
    let counts = manifest.imageCounts ?? [manifest.images.count]
    let sets = counts.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
    return sets.count == manifest.images.count ? sets : manifest.images.map { _ in 0 }
  }

  private func name(of kind: WholeFailure.Kind, _ index: Int) -> String {
    switch kind {
    case .images: experiment.images.indices.contains(index) ? experiment.images[index].words : "images"
    case .model: manifest.models[index].name
    case .method: methods[index].name
    case .metric: experiment.metrics[index].name
    }
  }
}
