public import Configuration
public import Imaging
public import Methods
public import ModelLibrary
public import SaliencyCore

/// Computes saliency maps: a model, images, targets and methods give one ``ImageResult`` for each image and target.
///
///     var pipeline = SaliencyPipeline(model: ModelRequest("scenes-gap"))
///     pipeline.methods = .named([Gradient(), GradCAM()])
///     pipeline.targets = .targets([.top, .rank(2)])
///     let results = try pipeline.results(for: ["scene.png"])
///     try ComparisonFigure(results).write(to: "figure.pdf")
///     try MapsFile.write(results, to: "maps.h5")
///
/// It handles one image at a time, so that memory does not grow with the number of images, prints nothing, and changes no
/// global state.
public struct SaliencyPipeline: Sendable {
  /// The model, and how it is read.
  public var model: ModelRequest
  /// The methods; by default the usual ones that suit the model.
  public var methods: MethodSelection = .usual
  /// The target classes; by default the top prediction.
  public var targets: TargetSelection = .top
  /// The layer of class activation methods; by default that of the sidecar or the last with spatial extent.
  public var layer: String?
  /// The explained value: the logit, or the model's output; by default the logit, or what the profile says of a method.
  public var score: ScoreKind?
  /// What is done where toolkits differ: decides what each method explains of a class if `score` does not.
  ///
  /// The parameters of methods are those of `methods`; `ConventionProfile.applied(to:)` makes methods with a profile's.
  public var profile = ConventionProfile.paper
  /// How image files are decoded.
  public var decoding = DecodingOptions()

  /// - Parameter model: The model, and how it is read.
  public init(model: ModelRequest) { self.model = model }

  /// The outcome of a run.
  public struct Outcome: Sendable {
    /// The images that could not be read or explained.
    public internal(set) var failures: ImageFailures
    /// The usual methods that do not suit the model.
    public internal(set) var unsuitable: [UnsuitableMethod] = []
  }

  /// Computes the maps of image files.
  ///
  /// - Parameter paths: PNG or JPEG files, or folders of them.
  /// - Returns: One result for each image and target, in order.
  /// - Throws: As ``run(_:handlers:_:)``; ``ImageListError``; ``ImagesFailed`` if any image failed.
  public func results(
    for paths: [String], handlers: PipelineHandlers = PipelineHandlers()
  ) throws -> [ImageResult] {
    var results: [ImageResult] = []
    let outcome = try run(ImageList(paths).files, handlers: handlers) { results.append($0) }
    try outcome.failures.check()
    return results
  }

  /// Computes the maps of images, and hands the results of each image and target to `body`, in order.
  ///
  /// A method that cannot explain the model stops nothing: its result is an error.
  ///
  /// - Parameters:
  ///   - files: The images, as an ``ImageList`` lists them.
  ///   - handlers: Callbacks for progress, warnings, and cancellation.
  ///   - body: Called once for each image and target.
  /// - Throws: The error of the model or of the request; ``ImagesFailed`` if no image is left; `CancellationError`; the error
  ///   of `body`.
  @discardableResult
  public func run(
    _ files: [ImageFile], handlers: PipelineHandlers = PipelineHandlers(),
    _ body: (ImageResult) throws -> Void
  ) throws -> Outcome {
    // The first image is decoded while the model is read.
    var first = files.first.map { [decoding] file in
      BackgroundValue { try Image(contentsOf: file.path, options: decoding) }
    }
    var provider = try ModelDesk(model)
    var warnings = Set<String>()
    var outcome = Outcome(failures: ImageFailures(total: files.count))
    var chosen: [any SaliencyMethod]?
    for (index, file) in files.enumerated() {
      try handlers.checkCancellation()
      let rows = try outcome.failures.attempt(file) {
        let decoded = first
        first = nil
        let image = try decoded?.value() ?? Image(contentsOf: file.path, options: decoding)
        let loaded = try provider.model(for: image)
        if let warning = loaded.inputWarning, warnings.insert(warning).inserted { handlers.warning(warning) }
        // Which methods suit a model does not depend on the size of its input.
        if chosen == nil { (chosen, outcome.unsuitable) = methods.methods(for: loaded.model) }
        return try requests(for: file, image, by: loaded, reach: (chosen ?? []).reach(in: loaded.model))
      }
      let (applied, rowCount) = (chosen ?? [], rows?.count ?? 1)
      for (number, row) in (rows ?? []).enumerated() {
        var results: [MethodResult] = []
        for method in applied {
          try handlers.checkCancellation()
          handlers.progress(
            PipelineProgress(
              done: (index * rowCount + number) * applied.count + results.count,
              total: files.count * rowCount * applied.count, image: file.name,
              method: type(of: method).descriptor.title))
          results.append(
            MethodResult(of: method, for: try request(row.request, explainedBy: method, profile)))
        }
        try body(ImageResult(request: row, methods: results))
      }
    }
    try outcome.failures.checkSomeIsLeft()
    return outcome
  }
}

extension SaliencyPipeline {
  /// The request with what a method explains of a class by a profile.
  func request(
    _ request: AttributionRequest, explainedBy method: any SaliencyMethod, _ profile: ConventionProfile
  ) throws -> AttributionRequest {
    guard score == nil, let kind = profile.score(of: method) else { return request }
    return try request.with(targets: request.targets.map(\.target), score: kind)
  }
}

extension MethodSelection {
  /// The usual methods that suit the model, with others in place of those that do not.
  public static let usual: MethodSelection = usual(of: .standard)

  /// The usual methods of a catalog.
  public static func usual(of catalog: MethodCatalog) -> MethodSelection {
    func known(_ names: [String]) -> [any SaliencyMethod] {
      let present = names.filter(catalog.identifiers.contains)
      return (try? catalog.parseList(present.joined(separator: ","))) ?? []
    }
    return .suitable(
      known(MethodCatalog.comparedByDefault), instead: known(MethodCatalog.comparedInstead))
  }
}
