internal import Configuration
internal import SaliencyCore

/// Randomisation of a model's layers: the map of each randomised model, compared with the original's.
protocol ParameterRandomisation: Metric {
  var initialiser: Initialiser { get }
  var cellSize: Int { get }
  /// How many times the layers are re-initialised.
  var seeds: Int { get }
  /// The sets of layers to randomise, one for each point of the curves, given the layers from the score down.
  func steps(_ layers: [String]) -> [RandomisationStep]
  /// The map of the trained model.
  func trainedMap(_ subject: Subject) throws -> SaliencyMap
  /// The map of a randomised model.
  func map(_ subject: Subject, of request: AttributionRequest) throws -> SaliencyMap
  /// The value that summarises a curve, whose first point is the original model.
  func summary(of curve: Curve) -> Double?
}

/// One point of a randomisation curve.
struct RandomisationStep {
  /// What the axis shows.
  let name: String
  /// The layers that are randomised.
  let layers: [String]
}

extension ParameterRandomisation {
  func trainedMap(_ subject: Subject) throws -> SaliencyMap { subject.map }

  func map(_ subject: Subject, of request: AttributionRequest) throws -> SaliencyMap {
    try subject.map(of: request)
  }

  public func validate() throws {
    try Self.require("seeds", seeds, in: 1...1000)
    try Self.require("cellSize", cellSize, in: 1...Self.largestCount, unit: "pixels")
  }

  public func expectedMemory(for model: Model) -> Int {
    let floats = model.activationCount * model.parametricLayerCount * seeds
    return floats <= RandomisedModels.mostKept ? floats * MemoryLayout<Float>.stride : 0
  }

  public func expectedModelMemory(for model: Model) -> Int {
    RandomisedModels.expectedMemory(for: model, draws: seeds)
  }

  static func values(_ suffix: String) -> [MetricValue] {
    MapSimilarity.Kind.allCases.map { kind in
      MetricValue(kind.rawValue, title: "\(kind.title.capitalisedFirst), \(suffix)", direction: .lower)
    }
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: map.recomputed(times: map.layers * seeds))
  }

  public func score(_ subject: Subject) throws -> Score {
    try subject.map.requireContrast()
    let trained = try trainedMap(subject)
    if let defect = trained.defect { throw NotApplicable("the map is \(defect.rawValue)") }
    let similarity = MapSimilarity(to: trained, cellSize: cellSize)
    var ticks = ["(trained)"]
    var draws: [[[Double?]]] = []
    for draw in 0..<seeds {
      let (models, key) = subject.randomisedModels(initialiser, draw: draw, of: seeds)
      guard !models.layers.isEmpty else { throw NotApplicable("the model has no layer with parameters") }
      let steps = steps(models.layers)
      if draw == 0 { ticks += steps.map(\.name) }
      draws.append(
        try steps.map { step in
          let request = try subject.request(randomising: step.layers, of: models, key: key, draws: seeds)
          return similarity(try map(subject, of: request))
        })
    }
    let points =
      [similarity(trained)] + ticks.indices.dropLast().map { step in Self.mean(of: draws.map { $0[step] }) }
    let curves = MapSimilarity.Kind.allCases.enumerated().map { k, kind in
      Curve(
        kind.rawValue, xTitle: "layer randomised", yTitle: kind.title, x: ticks.indices.map(Double.init),
        y: points.map { $0[k] }, ticks: ticks)
    }
    return Score(curves.map(summary(of:)), curves: curves, reason: reason(curves))
  }

  /// The mean of each similarity over the draws that have it.
  private static func mean(of draws: [[Double?]]) -> [Double?] {
    MapSimilarity.Kind.allCases.indices.map { kind in
      let known = draws.compactMap { $0[kind] }
      return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
  }

  /// Why points are missing: a whole curve for want of size, a point for want of a map.
  private func reason(_ curves: [Curve]) -> String? {
    let absent = curves.filter { $0.y.allSatisfy { $0 == nil } }.map(\.yTitle)
    let size = absent.isEmpty ? nil : "the map is too small for \(absent.joined(separator: " and "))"
    let layers = curves.first.map { curve in zip(curve.ticks, curve.y).filter { $0.1 == nil }.map(\.0) } ?? []
    let flat =
      layers.isEmpty ? nil : "constant or not finite map with \(layers.joined(separator: ", ")) randomised"
    let reasons = [size, flat].compactMap(\.self)
    return reasons.isEmpty ? nil : reasons.joined(separator: "; ")
  }
}

extension String {
  fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
