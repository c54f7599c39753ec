internal import Configuration
internal import SaliencyCore

/// Randomisation of a model's layers: the map of each randomised model, compared with the original's.
protocol ParameterRandomisation: Metric {
  var initialiser: Initialiser { get }
  var cellSize: Int { get }
  /// The sets of layers to randomise, one for each point of the curves, given the layers from the score down.
  func steps(_ layers: [String]) -> [[String]]
  /// The value that summarises a curve, whose first point is the original model.
  func summary(of curve: Curve) -> Double?
}

extension ParameterRandomisation {
  public func validate() throws {
    try Self.require("cellSize", cellSize, in: 1...Self.largestCount, unit: "pixels")
  }

  public func expectedMemory(for model: Model) -> Int {
    let floats = model.activationCount * model.parametricLayerCount
    return floats <= RandomisedModels.mostKept ? floats * MemoryLayout<Float>.stride : 0
  }

  /// The re-initialised weights, as drawn and as kernels pack them.
  public func expectedModelMemory(for model: Model) -> Int {
    2 * model.graph.parameterCount * MemoryLayout<Float>.stride
  }

  static func values(_ suffix: String) -> [MetricValue] {
    MapSimilarity.Kind.allCases.map { kind in
      MetricValue(kind.rawValue, title: "\(kind.title.capitalisedFirst), \(suffix)", direction: .lower)
    }
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: map.recomputed(times: map.layers))
  }

  public func score(_ subject: Subject) throws -> Score {
    try subject.map.requireContrast()
    let key = "randomised by \(initialiser.rawValue), seed \(subject.seed)"
    let models = subject.sharedByModel.value(for: key) {
      RandomisedModels(subject.model, initialiser: initialiser, seed: subject.seed)
    }
    guard !models.layers.isEmpty else { throw NotApplicable("the model has no layer with parameters") }
    let similarity = MapSimilarity(to: subject.map, cellSize: cellSize)
    let points =
      try [similarity(subject.map)]
      + steps(models.layers).map { names in
        similarity(try subject.map(of: subject.request(randomising: names, of: models, key: key)))
      }
    let ticks = ["(trained)"] + models.layers
    let curves = MapSimilarity.Kind.allCases.enumerated().map { k, kind in
      Curve(
        kind.rawValue, xTitle: "layer randomised", yTitle: kind.title, x: ticks.indices.map(Double.init),
        y: points.map { $0[k] }, ticks: ticks)
    }
    return Score(curves.map(summary(of:)), curves: curves, reason: reason(curves))
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
