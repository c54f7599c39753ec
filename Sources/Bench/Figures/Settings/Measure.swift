internal import Configuration
internal import Metrics
internal import SaliencyCore

/// A number about one map, or a word about its request.
enum Measure: Sendable {
  /// The name of the explained class.
  case className
  case probability
  /// What is explained: the class's score.
  case score
  /// The largest magnitude of the attribution.
  case largest
  /// The object's share of the image: the relevance mass of a uniform map.
  case area
  /// A number of a metric.
  case metric(any Metric, value: Int)
  /// How alike the map and that of the setting's `against` are (Adebayo 2018).
  case similarity(MapSimilarity.Kind)
  /// The largest difference between the positive parts of the map and of that of `against`, each divided by its largest value.
  case difference
  /// The largest value of the other map over that of the map.
  case ratio
  /// The intersection over union of the boxes around the largest parts above 20% of each map's maximum.
  case overlap
  /// How far apart the highest places of the two maps are, in pixels.
  case shift

  private static let words: [String: Measure] = [
    "class": .className, "probability": .probability, "score": .score, "largest": .largest, "area": .area,
    "difference": .difference, "ratio": .ratio, "overlap": .overlap, "shift": .shift,
  ]

  /// What a measure may be called, metrics apart.
  static let names = words.keys.sorted() + MapSimilarity.Kind.allCases.map(\.rawValue)

  /// What tables of numbers call it.
  var name: String {
    switch self {
    case .className: "class"
    case .probability: "probability"
    case .score: "score"
    case .largest: "largest"
    case .area: "area"
    case .difference: "difference"
    case .ratio: "ratio"
    case .overlap: "overlap"
    case .shift: "shift"
    case .similarity(let kind): kind.rawValue
    case .metric(let metric, let value):
      metric.label + (value == 0 ? "" : "." + type(of: metric).descriptor.values[value].name)
    }
  }

  /// Whether it needs a setting's `against`.
  var isComparison: Bool {
    switch self {
    case .similarity, .difference, .ratio, .overlap, .shift: true
    default: false
    }
  }

  /// Reads a name: one of `names`, or a metric, with `.value` behind it where the metric has several numbers.
  ///
  /// - Throws: `ConfigurationError` with the nearest name.
  init(_ text: String, metrics: MetricCatalog) throws(ConfigurationError) {
    if let word = Self.words[text] {
      self = word
    } else if let kind = MapSimilarity.Kind(rawValue: text) {
      self = .similarity(kind)
    } else {
      self = try Self.metric(text, metrics)
    }
  }

  private static func metric(_ text: String, _ metrics: MetricCatalog) throws(ConfigurationError) -> Measure {
    let (name, value) = split(text)
    let metric: any Metric
    do {
      metric = try metrics.parse(name)
    } catch .unknownName {
      throw .unknownName(name, kind: "measure or metric", known: names + metrics.identifiers)
    }
    let values = type(of: metric).descriptor.values
    guard let value else { return .metric(metric, value: 0) }
    guard let place = values.firstIndex(where: { $0.name == value }) else {
      throw .unknownName(value, kind: "number of \(name)", known: values.map(\.name))
    }
    return .metric(metric, value: place)
  }

  /// `box-localisation(threshold=0.2).iou`: the separating point is after all brackets.
  private static func split(_ text: String) -> (name: String, value: String?) {
    guard let point = text.lastIndex(of: "."), !text[point...].contains(")") else { return (text, nil) }
    let isInside = text[..<point].contains("(") && !text[..<point].contains(")")
    return isInside ? (text, nil) : (String(text[..<point]), String(text[text.index(after: point)...]))
  }
}
