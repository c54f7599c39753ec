internal import Foundation
internal import Imaging
internal import Metrics
internal import ModelLibrary
internal import SaliencyCore
internal import Support

/// The images and models that an experiment's figures share, each read once, with the latest requests and maps.
///
/// Not thread-safe: figures are made one after another, and the network uses all processors.
final class FigureContext {
  let images: [DatasetImage]
  let seed: UInt64
  let counter = ForwardPassCounter()
  /// Warnings about the models' inputs.
  private(set) var warnings: [String] = []
  let substitution: Substitution
  /// Keeps values and maps; nil to keep none.
  let store: FigureStore?
  private let folder: String
  private var providers: [String: ModelDesk] = [:]
  private var models: [String: BenchModel] = [:]
  private var fingerprints: [String: Digest] = [:]
  private var randomised: [String: RandomisedModels] = [:]
  private var imageFiles: [String: Image] = [:]
  /// The latest request that was made to find a class.
  private var latest: (key: String, request: AttributionRequest)?
  private var requests: [String: OpenRequest] = [:]
  private var maps: [String: FigureMap] = [:]
  private var sharedByModel: [String: SharedWork] = [:]

  /// How many are kept: the forward pass of a large network takes 100 MB.
  private static let limit = (requests: 6, maps: 8, models: 8)

  /// - Parameter folder: What models' paths are relative to.
  init(
    images: [DatasetImage], seed: UInt64, substitution: Substitution = Substitution(), folder: String = "",
    store: FigureStore? = nil
  ) {
    self.store = store
    self.images = images
    self.seed = seed
    self.substitution = substitution
    self.folder = folder
  }

  /// The model of a setting, for its image.
  ///
  /// - Throws: The errors of loading the model and the image.
  func model(of setting: Setting) throws -> BenchModel {
    guard let choice = setting.model else {
      throw SettingError("no model is named; add a line \"model: ...\"")
    }
    var provider = try providers[choice.model] ?? ModelDesk(modelRequest(choice))
    defer { providers[choice.model] = provider }
    let loaded = try provider.model(for: pixels(of: image(of: setting)))
    if let warning = loaded.inputWarning, !warnings.contains(warning) { warnings.append(warning) }
    let layers = setting.randomised?.joined(separator: ",") ?? ""
    let key = "\(choice.model)|\(choice.layer ?? "")|\(layers)|\(loaded.model.inputShape)"
    if let known = models[key] { return known }
    var network = loaded.model
    if let names = setting.randomised, !names.isEmpty {
      network = try randomisedModels(network).model(randomising: names)
    }
    let fingerprint = fingerprints[key] ?? network.fingerprint
    fingerprints[key] = fingerprint
    let model = BenchModel(
      name: loaded.model.name, model: network, transform: try loaded.transform(),
      layer: choice.layer ?? loaded.layer, source: loaded.source.path, fingerprint: fingerprint)
    if models.count >= Self.limit.models { models = [:] }
    models[key] = model
    return model
  }

  private func modelRequest(_ choice: ModelChoice) -> ModelRequest {
    if let given = substitution.model { return given }
    let path = (folder as NSString).appendingPathComponent(choice.model)
    let isInFolder = !choice.model.hasPrefix("/") && FileManager.default.fileExists(atPath: path)
    return ModelRequest(isInFolder ? path : choice.model)
  }

  /// A model's randomised copies.
  func randomisedModels(_ model: Model) -> RandomisedModels {
    if let known = randomised[model.name] { return known }
    let made = RandomisedModels(model, initialiser: .glorotUniform, seed: seed)
    randomised[model.name] = made
    return made
  }

  /// The work that metrics share for one model.
  func sharedWork(of model: BenchModel) -> SharedWork {
    if let known = sharedByModel[model.fingerprint.hex] { return known }
    let made = SharedWork()
    sharedByModel[model.fingerprint.hex] = made
    return made
  }

  /// The image of a setting: the first if it names none.
  func image(of setting: Setting) throws(SettingError) -> DatasetImage {
    try images(matching: [setting.image ?? images.first?.name ?? ""])[0]
  }

  /// The decoded image, before preprocessing.
  func pixels(of image: DatasetImage) throws -> Image {
    if let known = imageFiles[image.path] { return known }
    if imageFiles.count > 512 { imageFiles = [:] }
    let pixels = try image.picture()
    imageFiles[image.path] = pixels
    return pixels
  }

  /// The request of a setting.
  ///
  /// It makes no forward pass if the store has its class.
  /// - Throws: The errors of the model, the image, the class, and the layer.
  func request(of setting: Setting) throws -> OpenRequest {
    let model = try model(of: setting)
    let key = "\(setting.requestKey)|\(model.model.inputShape)"
    if let known = requests[key] { return known }
    let image = try image(of: setting)
    let pixels = try pixels(of: image)
    let classes = image.classNames.indices(in: model.model)
    let input = try model.transform(pixels)
    let target = try target(of: setting, image, classes, labels: model.model.labels)
    var annotations = try image.annotations(for: pixels, seenThrough: model.transform, classes: classes)
    let reach = max(setting.method?.method.reach(in: model.model) ?? .pixels, .pixels)
    let first = FirstRequest(setting: setting, model: model, input: input, reach: reach)
    let (explained, resolved) = try resolve(target, first, object: setting.object, &annotations)
    let passed = latest?.key == first.key ? try latest?.request.with(targets: [explained]) : nil
    let request = OpenRequest(
      image, model: model, input: input, annotations: annotations, target: explained, resolved: resolved,
      reach: reach, first: passed, counter: counter)
    if requests.count >= Self.limit.requests { requests = [:] }
    requests[key] = request
    return request
  }

  /// A request that finds a class: with the model's own layer.
  private struct FirstRequest {
    let setting: Setting
    let model: BenchModel
    let input: Tensor
    let reach: Reach

    /// Equal for settings that differ in the class or the method alone.
    var key: String {
      var setting = setting
      setting.target = nil
      return "\(setting.requestKey)|\(model.model.inputShape)"
    }
  }

  /// The target without ranks and labels, its class and probability, from the store if it has them.
  private func resolve(
    _ target: Target, _ first: FirstRequest, object: String?, _ annotations: inout Annotations?
  ) throws -> (Target, RequestRecord.Resolved) {
    let pixels = Digest { $0.add(first.input) }
    let key = Digest { feed in
      feed.add("resolved class")
      feed.add(CodeVersion.current)
      feed.add(first.model.fingerprint)
      feed.add(pixels)
      feed.add(target.spelling)
    }
    let found = try kept(key) {
      let request = try passed(first).with(targets: [target])
      return Score([request.targets[0].classIndex.map(Double.init), request.measuredProbability])
    }
    let index = found.values[0].map { Int($0) }
    if let object, let index { annotations?.isolate(object, as: index) }
    // Only the index of one class is stored; functions of classes are resolved again.
    let explained: Target
    let name: String
    if let index, target.isOneClass {
      (explained, name) = (.index(index), first.model.className(index))
    } else {
      let found = try passed(first).with(targets: [target]).targets[0]
      (explained, name) = (found.target, first.model.name(of: found))
    }
    let record = RequestRecord.Resolved(
      classIndex: index, className: name,
      probability: found.values.count > 1 ? found.values[1] : nil, pixels: pixels,
      annotations: annotations.digest)
    return (explained, record)
  }

  /// The forward pass for a model and an image, shared by its classes.
  private func passed(_ first: FirstRequest) throws -> AttributionRequest {
    if let latest, latest.key == first.key { return latest.request }
    counter.add()
    let request = try AttributionRequest(
      first.model.model, inputs: first.input, targets: [first.model.model.anyTarget],
      layer: first.model.layer,
      reach: first.reach)
    latest = (first.key, request)
    return request
  }

  /// The target of a setting.
  ///
  /// A randomised model explains the class of the trained one. Images of the user's own need no labels: the top class takes
  /// the place of an unknown true class.
  private func target(
    of setting: Setting, _ image: DatasetImage, _ classes: [String: Int], labels: [String]?
  ) throws -> Target {
    if setting.randomised != nil {
      var trained = setting
      trained.randomised = nil
      return try request(of: trained).target
    }
    let choice = setting.target ?? .top
    guard substitution.images != nil, choice == .truth, image.truth.flatMap({ classes[$0] }) == nil else {
      return try image.target(choice, classes, labels: labels)
    }
    return .top
  }

  /// A setting's map.
  ///
  /// - Parameter isKept: Whether the store keeps the attribution.
  /// - Throws: `SettingError` if the method does not suit the model; the errors of the request and the method.
  func map(of setting: Setting, isKept: Bool = false) throws -> FigureMap {
    let mapKey = setting.mapKey + (setting.object ?? "")
    if let known = maps[mapKey] { return known }
    let choice = try method(of: setting)
    let request = try request(of: setting)
    if let reason = choice.method.unsuitability(for: request.model.model) { throw SettingError(reason) }
    func compute() throws -> Attribution {
      try choice.method.attribution(for: request.variant(of: choice).request)
    }
    let attribution = try store?.attribution(key(of: setting), isKept: isKept, compute) ?? compute()
    let map = FigureMap(request, choice, attribution, enlargement: setting.enlargement)
    if maps.count >= Self.limit.maps { maps = [:] }
    maps[mapKey] = map
    return map
  }
}

extension Target {
  /// Whether it is a class and no function of classes.
  fileprivate var isOneClass: Bool {
    switch self {
    case .rank, .index, .label: true
    default: false
    }
  }
}
