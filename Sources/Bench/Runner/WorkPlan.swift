internal import Configuration
internal import Foundation
internal import Metrics
internal import SaliencyCore

/// All the work of an experiment, cut into requests and units, in the experiment's order.
///
/// A request is (model, image, target); a unit of work is a request with a method, and holds every metric. Which there
/// are depends on the experiment and the dataset alone, so that every process, or shard, cuts alike.
struct WorkPlan: Sendable {
  let experiment: Experiment
  let images: [DatasetImage]
  let models: [BenchModel]
  /// Methods, then controls.
  let methods: [Method]
  let metrics: [Measure]
  /// What all results of one table have in common: the toolkit's version, and how its kernels round.
  let code: String

  struct Method: Sendable {
    let choice: MethodChoice
    let isControl: Bool
    let keyText: String
    /// The version of the method's code.
    let version: String

    init(_ choice: MethodChoice, isControl: Bool) {
      self.choice = choice
      self.isControl = isControl
      keyText = choice.keyText
      version = CodeVersion.of(choice.method)
    }
  }

  struct Measure: Sendable {
    let choice: MetricChoice
    let descriptor: MetricDescriptor
    let key: Digest
    /// The version of the metric's code.
    let version: String
    /// The images it is computed for; nil for all.
    let images: Set<Int>?

    func covers(image: Int) -> Bool { images?.contains(image) ?? true }
  }

  init(
    _ experiment: Experiment, images: [DatasetImage], models: [BenchModel], code: String = CodeVersion.current
  ) {
    self.experiment = experiment
    self.images = images
    self.models = models
    self.code = code
    methods =
      experiment.methods.map { Method($0, isControl: false) }
      + experiment.controls.map { Method($0, isControl: true) }
    metrics = experiment.metrics.map { choice in
      let version = CodeVersion.of(choice.metric)
      let key = MetricKey(
        code: CodeVersion.joined(code, version), text: choice.metric.canonicalJSON, seed: experiment.seed)
      return Measure(
        choice: choice, descriptor: type(of: choice.metric).descriptor, key: key.digest, version: version,
        images: Self.drawn(choice.images, of: images.count, seed: experiment.seed))
    }
  }

  /// The same images for every metric with the same count; a larger count includes them.
  static func drawn(_ count: Int?, of total: Int, seed: UInt64) -> Set<Int>? {
    guard let count, count < total else { return nil }
    return Set(CounterRandom(seed: seed, path: 0x6D65_7472_6963).permutation(of: total).prefix(count))
  }

  /// The number of crowd annotations, which are left out.
  var crowdCount: Int { images.reduce(0) { $0 + $1.crowdCount } }

  /// `1 crowd annotation (iscrowd: 1) left out`; nil if there is none.
  static func words(crowds count: Int) -> String? {
    count > 0 ? "\(count) crowd annotation\(count == 1 ? "" : "s") (iscrowd: 1) left out" : nil
  }

  /// Every request, model by model, image by image.
  var places: [RequestPlace] {
    // Figures ask for what they show themselves.
    guard !methods.isEmpty else { return [] }
    return models.indices.flatMap { model in
      images.indices.flatMap { image in
        targets(of: images[image]).map { RequestPlace(model: model, image: image, target: $0) }
      }
    }
  }

  /// The target of an image, named as in `RequestPlace.target`.
  func targets(of image: DatasetImage) -> [String] {
    experiment.targets.flatMap { choice -> [String] in
      guard choice == .annotated, image.objects != nil || image.label != nil else {
        return [choice.description]
      }
      return image.annotatedLabels.map { "\(choice):\($0)" }
    }
  }

  /// The choice of target behind a request, and for `annotated` the class.
  func target(of place: RequestPlace) -> (choice: TargetChoice, label: String?) {
    let prefix = "\(TargetChoice.annotated):"
    if place.target.hasPrefix(prefix), experiment.targets.contains(.annotated) {
      return (.annotated, String(place.target.dropFirst(prefix.count)))
    }
    return (experiment.targets.first { $0.description == place.target } ?? .top, nil)
  }

  /// The layer that a method looks at in a model; nil for the model's own choice.
  func layer(of method: Method, in model: BenchModel) -> String? { method.choice.layer ?? model.layer }

  /// What a unit's result is kept under.
  func key(_ method: Method, _ model: BenchModel, _ resolved: RequestRecord.Resolved) -> Digest {
    unitKey(method, model).digest(resolved)
  }

  func unitKey(_ method: Method, _ model: BenchModel) -> UnitKey {
    UnitKey(
      code: CodeVersion.joined(code, method.version), model: model.fingerprint,
      layer: layer(of: method, in: model), method: method.keyText)
  }

  /// What decides which requests there are and which class each is about.
  var digest: Digest {
    Digest { feed in
      feed.add("plan")
      feed.add(code)
      for model in models { feed.add(model.fingerprint) }
      for target in experiment.targets { feed.add(target.description) }
      for image in images {
        feed.add(image.name)
        feed.add(image.path)
      }
    }
  }

  /// Whether the report or a figure shows an image.
  func isShown(_ image: Int) -> Bool {
    let count = min(experiment.gallery, images.count)
    let isInGallery = (0..<count).contains { $0 * images.count / max(count, 1) == image }
    return isInGallery || experiment.overviews.contains { image < $0.images }
  }

  func keepsMap(of image: Int) -> Bool {
    switch experiment.maps {
    case .none: false
    case .gallery: isShown(image)
    case .all: true
    }
  }
}

extension CodeVersion {
  /// The toolkit and how its kernels round: what decides the last bits of a result.
  static let current = "\(toolkit) \(Execution.rounding)"
}

/// Everything that decides a method's map for an image and a class.
struct UnitKey: Sendable {
  /// The toolkit's version, and the method's.
  var code: String
  var model: Digest
  var layer: String?
  var method: String

  func digest(_ resolved: RequestRecord.Resolved) -> Digest {
    Digest { feed in
      feed.add("unit")
      feed.add(code)
      feed.add(model)
      feed.add(layer ?? "")
      feed.add(method)
      feed.add(resolved.pixels)
      feed.add(resolved.annotations)
      resolved.addTarget(to: &feed)
    }
  }
}
