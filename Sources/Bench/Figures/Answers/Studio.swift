internal import Foundation
internal import Imaging
internal import Metrics
internal import ModelLibrary
internal import SaliencyCore
internal import Support

/// Where figures are made: the images and models of an experiment, each read once, and the requests asked so far.
///
/// Not for several threads; figures are made one after another, and the network uses all processors itself.
final class Studio {
  let images: [DatasetImage]
  let seed: UInt64
  /// What looks wrong about the models' inputs.
  private(set) var warnings: [String] = []
  private let substitution: Substitution
  private let folder: String
  private var desks: [String: ModelDesk] = [:]
  private var randomised: [String: RandomisedModels] = [:]
  private var pictures: [String: Image] = [:]
  private var asked: [String: AttributionRequest] = [:]
  private var answers: [String: Answer] = [:]
  private var fingerprints: [String: Digest] = [:]
  /// Where values and maps are kept; nil if they are not.
  let cache: FigureCache?

  /// More forward passes than this are not kept: one of a large network takes 100 MB.
  private static let mostAsked = 6
  private static let mostAnswers = 8

  /// - Parameter folder: What models' paths are beside.
  init(
    images: [DatasetImage], seed: UInt64, substitution: Substitution = Substitution(), folder: String = "",
    cache: FigureCache? = nil
  ) {
    self.cache = cache
    self.images = images
    self.seed = seed
    self.substitution = substitution
    self.folder = folder
  }

  /// The images whose names fit one of some names or patterns, in the order of those.
  ///
  /// - Throws: `SettingError` where one fits none.
  func images(matching patterns: [String]) throws(SettingError) -> [DatasetImage] {
    var found: [DatasetImage] = []
    for pattern in patterns {
      let matches = images.filter { $0.matches(pattern) }
      if matches.isEmpty && substitution.images != nil {
        return patterns.count > 1 || pattern.contains("*") ? images : Array(images.prefix(1))
      }
      guard !matches.isEmpty else {
        throw SettingError("no image is called \"\(pattern)\"", suggesting: pattern, images.map(\.shortName))
      }
      found += matches
    }
    return found
  }

  /// What a setting's image is called, whether it can be read or not.
  func imageName(_ setting: Setting) -> String {
    images.first { $0.name == setting.image }?.shortName ?? setting.image ?? ""
  }

  /// A setting with what is given in place of what the experiment names.
  func substituted(_ setting: Setting) -> Setting { substitution.applied(to: setting) }

  /// The classes to ask about where the experiment names some.
  func targets(_ named: [TargetChoice]) -> [TargetChoice] { substitution.targets(inPlaceOf: named) }

  /// Whether the model is the user's own, so that classes which an experiment calls by name may not be there.
  var hasGivenModel: Bool { substitution.model != nil }

  /// What the map of a setting is compared with; nil for nothing.
  ///
  /// - Throws: `SettingError` where the two have become the same.
  func compared(_ setting: Setting) throws(SettingError) -> Setting? {
    guard let other = setting.compared.map(substituted) else { return nil }
    guard other.mapKey != setting.mapKey else {
      throw SettingError.comparesModels
    }
    return other
  }

  /// The model of a setting, for the picture it is about.
  func model(of setting: Setting) throws -> LoadedModel {
    guard let choice = setting.model else {
      throw SettingError("no model is named; add a line \"model: ...\"")
    }
    var desk = try desks[choice.model] ?? ModelDesk(request(for: choice))
    defer { desks[choice.model] = desk }
    let name = setting.image ?? images.first?.name ?? ""
    let loaded = try desk.model(for: picture(of: images(matching: [name])[0]))
    if let warning = loaded.inputWarning, !warnings.contains(warning) { warnings.append(warning) }
    return loaded
  }

  private func request(for choice: ModelChoice) -> ModelRequest {
    if let given = substitution.model { return given }
    let beside = (folder as NSString).appendingPathComponent(choice.model)
    let isBeside = !choice.model.hasPrefix("/") && FileManager.default.fileExists(atPath: beside)
    return ModelRequest(isBeside ? beside : choice.model)
  }

  /// A picture as it is in its file.
  func picture(of image: DatasetImage) throws -> Image {
    if let known = pictures[image.path] { return known }
    if pictures.count > 512 { pictures = [:] }
    let picture = try image.picture()
    pictures[image.path] = picture
    return picture
  }

  /// A model with some of its layers drawn anew.
  func randomisedModels(_ model: Model) -> RandomisedModels {
    if let known = randomised[model.name] { return known }
    let made = RandomisedModels(model, initialiser: .glorotUniform, seed: seed)
    randomised[model.name] = made
    return made
  }

  /// The request that a setting asks.
  ///
  /// - Throws: What is wrong with the model, the image, the class, or the layer.
  func request(of setting: Setting) throws -> Request {
    let loaded = try model(of: setting)
    let name = setting.image ?? images.first?.name ?? ""
    let image = try images(matching: [name])[0]
    let transform = try loaded.transform()
    let picture = try self.picture(of: image)
    let classes = image.classNames.indices(in: loaded.model)
    let first = try firstRequest(setting, loaded, transform(picture))
    let request: AttributionRequest
    if setting.randomised != nil {
      // The class is that of the trained model: a random one's top class is another with every layer.
      var trained = setting
      trained.randomised = nil
      let target = try self.request(of: trained).request.targets[0].target
      request = try first.with(targets: [target])
    } else {
      request = try first.with(targets: [target(of: setting, image, classes, labels: loaded.model.labels)])
    }
    var annotations = try image.annotations(for: picture, seenThrough: transform, classes: classes)
    if let object = setting.object, let target = request.targets[0].classIndex {
      annotations?.isolate(object, as: target)
    }
    return Request(
      request: request, loaded: loaded, image: image,
      picture: try transform.picture(of: request.inputs), annotations: annotations)
  }

  /// Pictures of the user's own need no labels: where a true class is wanted and none is known, the top one is meant.
  private func target(
    of setting: Setting, _ image: DatasetImage, _ classes: [String: Int], labels: [String]?
  ) throws -> Target {
    let choice = setting.target ?? .top
    guard substitution.images != nil, choice == .truth, image.truth.flatMap({ classes[$0] }) == nil else {
      return try image.target(choice, classes, labels: labels)
    }
    return .top
  }

  /// The forward pass, kept for other classes and methods.
  private func firstRequest(_ setting: Setting, _ loaded: LoadedModel, _ input: Tensor) throws
    -> AttributionRequest
  {
    var bare = setting
    (bare.target, bare.method, bare.reduction, bare.enlargement) = (nil, nil, nil, nil)
    let key = "\(bare.mapKey) \(loaded.model.inputShape)"
    if let known = asked[key] { return known }
    if asked.count >= Self.mostAsked { asked = [:] }
    var model = loaded.model
    if let names = setting.randomised, !names.isEmpty {
      model = try randomisedModels(model).model(randomising: names)
    }
    let layer = setting.layer ?? setting.method?.layer ?? setting.model?.layer ?? loaded.card.layer
    // The request is kept for other methods; one that reads more makes its pass again.
    let reach = max(setting.method?.method.reach(in: model) ?? .pixels, .pixels)
    let request = try AttributionRequest(
      model, inputs: input, targets: [model.anyTarget], layer: layer,
      score: setting.score ?? setting.method?.score ?? .preSoftmax,
      reach: reach)
    asked[key] = request
    return request
  }

  /// The digest of a model, which is computed once for each set of randomised layers.
  func fingerprint(of model: Model, _ setting: Setting) -> Digest {
    let layers = setting.randomised?.joined(separator: ",") ?? ""
    let key = "\(setting.model?.model ?? "")|\(layers)|\(model.inputShape)"
    if let known = fingerprints[key] { return known }
    let digest = model.fingerprint
    fingerprints[key] = digest
    return digest
  }

  /// What a setting's method computes.
  ///
  /// - Parameter isKept: Whether the store keeps the attribution.
  func answer(to setting: Setting, isKept: Bool = false) throws -> Answer {
    if let known = answers[setting.mapKey + (setting.object ?? "")] { return known }
    guard let choice = setting.method else {
      throw SettingError("no method is named; add a line \"method: ...\"")
    }
    let request = try self.request(of: setting)
    if let reason = choice.method.unsuitability(for: request.request.model) { throw SettingError(reason) }
    func compute() throws -> Attribution { try choice.method.attribution(for: request.request) }
    let attribution =
      try cache?.attribution(key(of: setting), isKept: isKept, compute) ?? compute()
    let answer = Answer(choice, setting, request, attribution, seed: seed)
    if answers.count >= Self.mostAnswers { answers = [:] }
    answers[setting.mapKey + (setting.object ?? "")] = answer
    return answer
  }
}

/// What is wrong with what a figure asks for.
struct SettingError: Error, Equatable, CustomStringConvertible {
  static let comparesModels = SettingError(
    "it compares models with one another, and one was given in place of all")

  let description: String

  init(_ description: String) { self.description = description }

  init(_ description: String, suggesting name: String, _ known: [String]) {
    let shown = known.prefix(6).joined(separator: ", ") + (known.count > 6 ? ", ..." : "")
    self.description = description + suggestion(for: name, among: known) + " (known: \(shown))"
  }
}
