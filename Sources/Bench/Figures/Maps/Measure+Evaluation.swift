internal import Foundation
internal import Metrics
internal import SaliencyCore

/// The value of a measure for one map.
enum MeasuredValue: Sendable, Equatable {
  case word(String)
  case number(Double)
  /// There is no number, for a reason.
  case none(String)

  var number: Double? { if case .number(let value) = self { value } else { nil } }

  /// One value of a metric's score.
  init(_ score: Score, at place: Int = 0) {
    self = score.values[place].map(Self.number) ?? .none(score.reason ?? "no number")
  }
}

extension Measure {
  /// Whether it needs no map.
  var needsNoMap: Bool {
    switch self {
    case .className, .probability, .score, .area: true
    default: false
    }
  }

  /// The measure of a request; nil if it needs a map or a forward pass.
  func value(of request: OpenRequest) -> MeasuredValue? {
    switch self {
    case .className: .word(request.shortClassName)
    case .probability: request.probability.map(MeasuredValue.number) ?? MeasuredValue.none("no probabilities")
    case .area: Self.area(request)
    default: nil
    }
  }

  /// The measure of a map; `other` is the map that it is compared with.
  ///
  /// - Throws: The errors of a metric.
  func value(of map: FigureMap, against other: FigureMap?) throws -> MeasuredValue {
    switch self {
    case .largest: return .number(map.attribution.values.scalars.reduce(0) { max($0, Double(abs($1))) })
    case .similarity, .difference, .ratio, .overlap, .shift:
      guard let other else { return .none("nothing to compare with; add \"against: ...\"") }
      return try compare(map, other)
    case .className, .probability, .score, .area, .metric: return .none("this is no measure of a map")
    }
  }

  private func compare(_ map: FigureMap, _ other: FigureMap) throws -> MeasuredValue {
    switch self {
    case .similarity(let kind): try Self.similarity(kind, map, other)
    case .difference: Self.difference(map, other)
    case .ratio: Self.ratio(map.map, other.map)
    case .overlap: try Self.overlap(map.fullMap, other.fullMap)
    default: Self.shift(map.peak, other.peak)
    }
  }

  private static func area(_ request: OpenRequest) -> MeasuredValue {
    guard let annotations = request.annotations, let target = request.resolved.classIndex,
      let mask = try? annotations.region(ofClass: target, .maskOrBox)
    else { return .none("nothing of the class is annotated") }
    return .number(Double(mask.area) / Double(mask.height * mask.width))
  }

  private static func similarity(_ kind: MapSimilarity.Kind, _ a: FigureMap, _ b: FigureMap) throws
    -> MeasuredValue
  {
    guard b.map.defect == nil, a.map.defect == nil else { return .none("a map is constant") }
    let all = MapSimilarity(to: b.fullMap, cellSize: 8)(a.fullMap)
    let place = MapSimilarity.Kind.allCases.firstIndex(of: kind) ?? 0
    return all[place].map(MeasuredValue.number) ?? .none("the map is too small")
  }

  /// Compares the positive parts, in which methods with and without a final ReLU can agree.
  ///
  /// Maps of one size are compared as they are, others at the size of the network's input.
  private static func difference(_ a: FigureMap, _ b: FigureMap) -> MeasuredValue {
    let isOneSize = a.map.height == b.map.height && a.map.width == b.map.width
    return isOneSize ? difference(a.map, b.map) : difference(a.fullMap, b.fullMap)
  }

  private static func ratio(_ a: SaliencyMap, _ b: SaliencyMap) -> MeasuredValue {
    guard let top = a.values.max(), let otherTop = b.values.max(), top > 0 else {
      return .none("the map has no positive value")
    }
    return .number(Double(otherTop) / Double(top))
  }

  private static func overlap(_ a: SaliencyMap, _ b: SaliencyMap) throws -> MeasuredValue {
    let boxes = try [a, b].map { try BoxLocalisation(threshold: 0.2).box(of: $0) }
    return .number(boxes[0].intersectionOverUnion(boxes[1]))
  }

  private static func difference(_ a: SaliencyMap, _ b: SaliencyMap) -> MeasuredValue {
    guard let top = a.values.max(), let otherTop = b.values.max(), top > 0, otherTop > 0 else {
      return .none("a map has no positive value")
    }
    let differences = zip(a.values, b.values).map {
      abs(Double(max($0, 0) / top) - Double(max($1, 0) / otherTop))
    }
    return .number(differences.max() ?? 0)
  }

  private static func shift(_ a: (x: Double, y: Double), _ b: (x: Double, y: Double)) -> MeasuredValue {
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

  /// The text with the values of its measures, and the numbers among them with their names.
  ///
  /// A missing value is "–"; the text is empty if all are missing.
  ///
  /// - Parameter find: Gives the value of a measure.
  func filled(
    by find: (Measure) throws -> MeasuredValue
  ) rethrows -> (text: String, numbers: [(name: String, value: Double)]) {
    var (text, numbers, isFound) = ("", [(name: String, value: Double)](), false)
    for part in parts {
      switch part {
      case .text(let words): text += words
      case .measure(let measure, let format):
        let value = try find(measure)
        text += value.text(format)
        isFound = isFound || value.isFound
        if let number = value.number { numbers.append((measure.name, number)) }
      }
    }
    // Without any value (no annotation, a map of zeros) there is nothing to write.
    return (isFound || measures.isEmpty ? text : "", numbers)
  }
}

extension MeasuredValue {
  fileprivate var isFound: Bool { if case .none = self { false } else { true } }

  fileprivate func text(_ format: Template.Format) -> String {
    switch self {
    case .word(let word): word
    case .number(let number): format(number)
    case .none: "–"
    }
  }
}
