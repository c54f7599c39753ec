internal import Configuration
internal import Methods
public import Metrics
public import SaliencyCore

/// Models, images, methods, metrics and figures: everything that decides the results of a run.
///
/// It may have a benchmark (methods by metrics), figures, or both.
///
/// Written as YAML:
///
///     name: scenes
///     models: [scenes-gap, scenes-vgg]
///     images: scenes-test
///     targets: annotated
///     methods: [gradient, grad-cam, smooth-grad: { samples: 25 }]
///     metrics: [deletion, pointing-game]
///     seed: 7
///
/// `Guides/Experiments.md` lists every key. A key, name or value that is wrong is an error with its line.
public struct Experiment: Sendable {
  /// Letters, digits, `-`, `_`, `.`: the name of the run's folder.
  public var name: String
  public var title: String?
  public var paper: String?
  /// Which of the paper's figures it shows.
  public var reproduces: String?
  public var about: String?
  public var models: [ModelChoice]
  public var images: [ImageSource]
  public var targets: [TargetChoice]
  var targetOrigins: [TargetChoice: Origin] = [:]
  public var methods: [MethodChoice]
  public var controls: [MethodChoice]
  public var metrics: [MetricChoice]
  public var seed: UInt64
  /// Which raw maps are kept.
  public var maps: MapKeeping
  public var statistics: Statistics
  /// Figures of the benchmark's maps.
  public var overviews: [OverviewFigure]
  /// Figures that compute what they show.
  var figures: [Figure]
  /// How many images of each model the report shows.
  public var gallery: Int

  public init(
    name: String, models: [ModelChoice], images: [ImageSource], targets: [TargetChoice] = [.top],
    methods: [MethodChoice], controls: [MethodChoice] = [], metrics: [MetricChoice], seed: UInt64 = 0
  ) {
    self.name = name
    self.models = models
    self.images = images
    self.targets = targets
    self.methods = methods
    self.controls = controls
    self.metrics = metrics
    self.seed = seed
    maps = .gallery
    statistics = Statistics()
    overviews = []
    figures = []
    gallery = 12
  }

  /// Whether it compares methods by metrics.
  public var hasBenchmark: Bool { !methods.isEmpty }

  /// The names of the figures that compute what they show, in order.
  public var figureNames: [String] { figures.map(\.name) }

  /// The experiment's defaults for every cell of a figure.
  var figureBase: Setting {
    Setting(model: models.first, target: targetOrigins.isEmpty ? nil : targets.first)
  }

  /// An experiment on models and images in memory, for `run(in:folder:options:progress:isCancelled:)`.
  ///
  /// - Parameters:
  ///   - controls: Methods that no table counts as candidates for the best: `RandomControl` and others.
  ///   - maps: Which attributions the results keep.
  public init(
    name: String = "experiment", models: [BenchModel], images: [DatasetImage],
    targets: [TargetChoice] = [.top], methods: [any SaliencyMethod], controls: [any SaliencyMethod] = [],
    metrics: [any Metric], seed: UInt64 = 0, maps: MapKeeping = .none
  ) {
    self.init(
      name: name, models: models.map { ModelChoice($0) }, images: [ImageSource(images)], targets: targets,
      methods: methods.map { MethodChoice($0) }, controls: controls.map { MethodChoice($0) },
      metrics: metrics.map { MetricChoice($0) }, seed: seed)
    self.maps = maps
  }
}

/// Which raw maps are kept.
public enum MapKeeping: String, Sendable, Codable, CaseIterable {
  /// None; the report shows no images.
  case none
  /// Those that the report and the figures show, in the store.
  case gallery
  /// All, and beside the tables as HDF5 (`maps.h5`).
  case all
}

/// A network to explain.
public struct ModelChoice: Sendable, Equatable {
  /// The name of a bundled model, or a path from the experiment's folder.
  public var model: String
  /// Its name in tables, if not its own.
  public var label: String?
  /// The layer of class activation methods, if not the default.
  public var layer: String?
  /// The model itself, if it is in memory.
  var loaded: BenchModel?
  var origin = Origin()

  public init(_ model: String, label: String? = nil, layer: String? = nil) {
    self.model = model
    self.label = label
    self.layer = layer
  }

  /// A model in memory.
  public init(_ model: BenchModel) {
    self.init(model.name, layer: model.layer)
    loaded = model
  }

  public static func == (a: ModelChoice, b: ModelChoice) -> Bool {
    (a.model, a.label, a.layer, a.loaded?.fingerprint) == (b.model, b.label, b.layer, b.loaded?.fingerprint)
  }
}

/// A method with the request's details that are not its own parameters.
public struct MethodChoice: Sendable {
  public var method: any SaliencyMethod
  public var label: String?
  /// Its layer, if not the model's.
  public var layer: String?
  /// The explained score, if not the logit.
  public var score: ScoreKind?
  /// How its attributions become maps, if not as the method's paper does.
  public var map = MapConvention()
  var origin = Origin()

  /// How channels become one number, where not as the method's paper does.
  public var reduction: ChannelReduction? {
    get { map.reduction }
    set { map.reduction = newValue }
  }

  public init(
    _ method: any SaliencyMethod, label: String? = nil, layer: String? = nil, score: ScoreKind? = nil,
    reduction: ChannelReduction? = nil
  ) {
    self.method = method
    self.label = label
    self.layer = layer
    self.score = score
    self.reduction = reduction
  }

  /// A method as a toolkit has it: its parameters are those of the method, which the profile's catalog makes.
  init(_ method: any SaliencyMethod, profile: ConventionProfile) {
    self.init(method, score: profile.score(of: method))
    map = profile.map(of: method)
  }

  /// What tables call it.
  public var name: String {
    label ?? ([method.label] + details).joined(separator: " ")
  }

  private var details: [String] {
    [
      layer.map { "at \($0)" }, score.map { "of \($0.rawValue)" }, map.reduction.map { "by \($0.rawValue)" },
      map.resize.map { "resized \($0.rawValue)" }, map.normalise.map { "normalised \($0.rawValue)" },
      map.order.map(\.rawValue),
    ].compactMap(\.self)
  }
}

/// A metric with the number of images it is computed for.
public struct MetricChoice: Sendable {
  public var metric: any Metric
  public var label: String?
  /// Only so many images, drawn by the seed; nil for all.
  public var images: Int?
  var origin = Origin()

  public init(_ metric: any Metric, label: String? = nil, images: Int? = nil) {
    self.metric = metric
    self.label = label
    self.images = images
  }

  /// What tables call it.
  public var name: String { label ?? metric.label }
}

/// The line of a value in an experiment; always equal, because it is not part of the value.
struct Origin: Sendable, Equatable {
  var file: String?
  var line: Int?

  static func == (a: Origin, b: Origin) -> Bool { true }
}
