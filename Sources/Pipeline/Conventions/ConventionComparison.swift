public import Configuration
internal import Imaging
public import Methods
internal import Metrics
internal import ModelLibrary
public import SaliencyCore

/// The same methods as several toolkits compute them, for one image and target, compared with the papers'.
public struct ConventionComparison: Sendable {
  /// One method as one toolkit computes it.
  public struct Row: Sendable, Encodable {
    /// The path of the image.
    public let image: String
    /// What is explained: `logit(boxer)`.
    public let target: String
    /// The method's identifier.
    public let method: String
    /// The profile's name.
    public let profile: String
    /// The rank correlation with the papers' map.
    public let rankCorrelation: Double?
    /// The structural similarity with the papers' map.
    public let structuralSimilarity: Double?
    /// How far the maximum is from that of the papers' map, in pixels of the input.
    public let peakDistance: Double?
    /// What differs from the paper.
    public let differences: [String]
    /// Why there is no map.
    public let error: String?
  }

  /// The image and the target.
  public let request: ImageRequest
  /// One row for each method and toolkit that has it, the papers' first.
  public private(set) var rows: [Row] = []
  /// The methods' titles, and for each method the result of each profile; nil if the toolkit does not have the method.
  private(set) var results: [(title: String, cells: [MethodResult?])] = []

  init(_ request: ImageRequest) { self.request = request }

  /// Adds a method.
  ///
  /// - Parameters:
  ///   - title: The method's title.
  ///   - found: The result of each profile, the papers' first; nil if the toolkit does not have the method.
  mutating func add(_ title: String, _ found: [(profile: ConventionProfile, result: MethodResult?)]) {
    results.append((title, found.map(\.result)))
    let paper = found.first?.result.flatMap { map($0, .paper) }
    for (profile, result) in found {
      guard let result else { continue }
      let other = map(result, profile)
      let agreement = paper.flatMap { paper in other.map { MapAgreement($0, paper) } }
      rows.append(
        Row(
          image: request.file.path, target: request.target.text(labels: request.request.model.labels),
          method: result.descriptor.identifier, profile: profile.name,
          rankCorrelation: agreement?.rankCorrelation,
          structuralSimilarity: agreement?.structuralSimilarity, peakDistance: agreement?.peakDistance,
          differences: profile.choices[result.descriptor.identifier]?.differences ?? [],
          error: result.mapError(profile.map(of: result.method))?.description))
    }
  }

  /// The map at the size of the input; nil if there is none.
  private func map(_ result: MethodResult, _ profile: ConventionProfile) -> SaliencyMap? {
    let (convention, shape) = (profile.map(of: result.method), request.request.model.inputShape)
    guard result.mapError(convention) == nil, let attribution = try? result.outcome.get() else { return nil }
    return convention.map(of: attribution, by: result.method, height: shape[0], width: shape[1])
  }
}

extension SaliencyPipeline {
  /// Compares methods as several toolkits compute them.
  ///
  /// - Parameters:
  ///   - file: The image.
  ///   - methods: Names of methods, with parameters, separated by commas.
  ///   - catalog: The methods that may be named.
  ///   - profiles: The toolkits; the papers' profile is compared with.
  ///   - handlers: Callbacks for progress and cancellation.
  /// - Returns: One comparison for each target.
  /// - Throws: `ConfigurationError` if there is no such method; the error of the model, the image, or the request.
  public func conventions(
    of file: ImageFile, methods: String, from catalog: MethodCatalog,
    profiles: [ConventionProfile] = ConventionProfile.all, handlers: PipelineHandlers = PipelineHandlers()
  ) throws -> [ConventionComparison] {
    let profiles = [.paper] + profiles.filter { $0.name != ConventionProfile.paper.name }
    let cases = try profiles.map { (profile: $0, methods: try $0.applied(to: catalog).parseList(methods)) }
    let image = try Image(contentsOf: file.path, options: decoding)
    var provider = try ModelDesk(model)
    let loaded = try provider.model(for: image)
    let reach = cases.flatMap(\.methods).reach(in: loaded.model)
    let rows = try requests(for: file, image, by: loaded, reach: reach)
    let count = cases.first?.methods.count ?? 0
    return try rows.enumerated().map { number, row in
      var comparison = ConventionComparison(row)
      for m in 0..<count {
        let title = type(of: cases[0].methods[m]).descriptor.title
        let found = try cases.map { profile, methods -> (ConventionProfile, MethodResult?) in
          try handlers.checkCancellation()
          handlers.progress(
            PipelineProgress(
              done: number * count + m, total: rows.count * count, image: file.name, method: title))
          guard profile.has(type(of: methods[m]).identifier) else { return (profile, nil) }
          let request = try request(row.request, explainedBy: methods[m], profile)
          return (profile, MethodResult(of: methods[m], for: request))
        }
        comparison.add(title, found)
      }
      return comparison
    }
  }
}
