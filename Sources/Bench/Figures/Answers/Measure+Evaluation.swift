internal import Foundation
internal import Metrics
internal import SaliencyCore

/// What a measure says of an answer.
enum Finding: Sendable, Equatable {
  case word(String)
  case number(Double)
  /// There is no number, for a reason.
  case none(String)

  var number: Double? { if case .number(let value) = self { value } else { nil } }
}

extension Measure {
  /// Whether it is about the request alone, so that no map is needed.
  var isAboutRequest: Bool {
    switch self {
    case .className, .probability, .score, .area: true
    default: false
    }
  }

  /// The measure of a request, and of the answer where there is one; `other` is the answer it is compared with.
  ///
  /// - Throws: What goes wrong in a metric.
  func callAsFunction(_ request: Request, _ answer: Answer?, against other: Answer?) throws -> Finding {
    switch self {
    case .className: return .word(request.className)
    case .probability: return request.probability.map { .number(Double($0)) } ?? .none("no probabilities")
    case .score: return .number(Double(request.request.scores[0]))
    case .area: return Self.area(request)
    default: return try answer.map { try of($0, against: other) } ?? .none("there is no map")
    }
  }

  private func of(_ answer: Answer, against other: Answer?) throws -> Finding {
    switch self {
    case .largest: return .number(answer.attribution.values.scalars.reduce(0) { max($0, Double(abs($1))) })
    case .metric(let metric, let value):
      let score = try metric.evaluate(answer.subject)
      return score.values[value].map(Finding.number) ?? .none(score.reason ?? "no number")
    case .similarity(let kind): return try other.map { try Self.similarity(kind, answer, $0) } ?? Self.alone
    case .difference: return other.map { Self.difference(answer, $0) } ?? Self.alone
    case .ratio: return other.map { Self.ratio(answer.map, $0.map) } ?? Self.alone
    case .overlap: return try other.map { try Self.overlap(answer.fullMap, $0.fullMap) } ?? Self.alone
    case .shift: return other.map { Self.shift(answer.peak, $0.peak) } ?? Self.alone
    case .className, .probability, .score, .area: return .none("this is no measure of a map")
    }
  }

  private static let alone = Finding.none("nothing to compare with; add \"against: ...\"")

  private static func area(_ request: Request) -> Finding {
    guard let annotations = request.annotations, let target = request.target,
      let mask = try? annotations.region(ofClass: target, .maskOrBox)
    else { return .none("nothing of the class is annotated") }
    return .number(Double(mask.area) / Double(mask.height * mask.width))
  }

  private static func similarity(_ kind: MapSimilarity.Kind, _ a: Answer, _ b: Answer) throws -> Finding {
    guard b.map.defect == nil, a.map.defect == nil else { return .none("a map is constant") }
    let all = MapSimilarity(to: b.fullMap, cellSize: 8)(a.fullMap)
    let place = MapSimilarity.Kind.allCases.firstIndex(of: kind) ?? 0
    return all[place].map(Finding.number) ?? .none("the map is too small")
  }

  /// The positive parts, for a method that cuts off what is negative and one that does not can be one there.
  ///
  /// Maps of one size are compared as they are, others at the size of the network's input.
  private static func difference(_ a: Answer, _ b: Answer) -> Finding {
    let isOneSize = a.map.height == b.map.height && a.map.width == b.map.width
    return isOneSize ? difference(a.map, b.map) : difference(a.fullMap, b.fullMap)
  }

  private static func ratio(_ a: SaliencyMap, _ b: SaliencyMap) -> Finding {
    guard let top = a.values.max(), let otherTop = b.values.max(), top > 0 else {
      return .none("the map has no positive value")
    }
    return .number(Double(otherTop) / Double(top))
  }

  private static func overlap(_ a: SaliencyMap, _ b: SaliencyMap) throws -> Finding {
    let boxes = try [a, b].map { try BoxLocalisation(threshold: 0.2).box(of: $0) }
    return .number(boxes[0].intersectionOverUnion(boxes[1]))
  }

  private static func difference(_ a: SaliencyMap, _ b: SaliencyMap) -> Finding {
    guard let top = a.values.max(), let otherTop = b.values.max(), top > 0, otherTop > 0 else {
      return .none("a map has no positive value")
    }
    let differences = zip(a.values, b.values).map {
      abs(Double(max($0, 0) / top) - Double(max($1, 0) / otherTop))
    }
    return .number(differences.max() ?? 0)
  }

  private static func shift(_ a: (x: Double, y: Double), _ b: (x: Double, y: Double)) -> Finding {
    .number(((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot())
  }
}

extension Template {
  var measures: [Measure] {
    parts.compactMap { part in
      guard case .measure(let measure, _) = part else { return nil }
      return measure
    }
  }

  /// The text with its measures, "–" where there is none (nothing at all where there is none of them), and the numbers among them with what they are called.
  ///
  /// - Parameter find: Gives the value of a measure.
  func filled(
    by find: (Measure) throws -> Finding
  ) rethrows -> (text: String, numbers: [(name: String, value: Double)]) {
    var (text, numbers, isFound) = ("", [(name: String, value: Double)](), false)
    for part in parts {
      switch part {
      case .text(let words): text += words
      case .measure(let measure, let format):
        let finding = try find(measure)
        text += finding.text(format)
        isFound = isFound || finding.isFound
        if let number = finding.number { numbers.append((measure.name, number)) }
      }
    }
    // A note about what there is none of says nothing: no annotation, a map of zeros.
    return (isFound || measures.isEmpty ? text : "", numbers)
  }
}

extension Finding {
  fileprivate var isFound: Bool { if case .none = self { false } else { true } }

  fileprivate func text(_ format: Template.Format) -> String {
    switch self {
    case .word(let word): word
    case .number(let number): format(number)
    case .none: "–"
    }
  }
}
