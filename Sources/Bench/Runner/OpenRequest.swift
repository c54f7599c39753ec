internal import Foundation
internal import Metrics
internal import SaliencyCore
internal import Synchronization

/// A request for one model, one image and one class: the input in memory, and the forward pass that all methods share.
///
/// Benchmarks and figures compute every map through it. The forward pass is made when a method or metric first needs it.
final class OpenRequest: Sendable {
  let image: DatasetImage
  let model: BenchModel
  let input: Tensor
  let annotations: Annotations?
  /// What is explained, with indices in place of ranks and labels.
  let target: Target
  /// The class, its probability, and digests of the input.
  let resolved: RequestRecord.Resolved
  /// Equal for requests with the same model, input, annotations and target.
  let content: Digest
  /// What the methods read of a forward pass.
  private let reach: Reach
  private let counter: ForwardPassCounter?
  private let variants = Mutex<[String: Variant]>([:])

  /// More forward passes are not kept: that of a large network takes 100 MB.
  private static let variantLimit = 6

  /// The request with one layer and one kind of score, and the work that its metrics share.
  struct Variant: Sendable {
    let request: AttributionRequest
    let shared: SharedWork
  }

  /// - Parameters:
  ///   - first: The request with the model's layer, if its forward pass was made to find the class.
  ///   - counter: Counts the forward passes that are made later.
  init(
    _ image: DatasetImage, model: BenchModel, input: Tensor, annotations: Annotations?, target: Target,
    resolved: RequestRecord.Resolved, reach: Reach, first: AttributionRequest? = nil,
    counter: ForwardPassCounter? = nil
  ) {
    self.image = image
    self.model = model
    self.input = input
    self.annotations = annotations
    self.target = target
    self.resolved = resolved
    self.reach = reach
    self.counter = counter
    content = Self.content(resolved, of: model)
    guard let first else { return }
    variants.withLock {
      $0[Self.key(layer: model.layer, score: nil)] = Variant(request: first, shared: SharedWork())
    }
  }

  /// A digest that is equal for the same request at several places.
  static func content(_ resolved: RequestRecord.Resolved, of model: BenchModel) -> Digest {
    Digest { feed in
      feed.add("request")
      feed.add(model.fingerprint)
      feed.add(resolved.pixels)
      feed.add(resolved.annotations)
      resolved.addTarget(to: &feed)
    }
  }

  private static func key(layer: String?, score: ScoreKind?) -> String {
    "\(layer ?? "") \((score ?? .preSoftmax).rawValue)"
  }

  /// The request with a method's own layer and score; made when it is first used.
  ///
  /// - Throws: `GraphError` if the model has no such layer.
  func variant(layer: String?, score: ScoreKind?) throws -> Variant {
    let key = Self.key(layer: layer, score: score)
    if let found = variants.withLock({ $0[key] }) { return found }
    let made = Variant(request: try newRequest(layer: layer, score: score), shared: SharedWork())
    return variants.withLock { kept in
      if let found = kept[key] { return found }
      if kept.count >= Self.variantLimit { kept = [:] }
      kept[key] = made
      return made
    }
  }

  /// The variant that a method computes with.
  func variant(of choice: MethodChoice) throws -> Variant {
    try variant(layer: choice.layer ?? model.layer, score: choice.score)
  }

  /// The request with a forward pass of its own.
  func newRequest(layer: String?, score: ScoreKind?) throws -> AttributionRequest {
    counter?.add()
    return try AttributionRequest(
      model.model, inputs: input, targets: [target], layer: layer,
      score: score ?? .preSoftmax, reach: reach)
  }

  /// Why a method cannot be applied; nil if it can.
  func unsuitability(of choice: MethodChoice) -> String? {
    if let reason = choice.method.unsuitability(for: model.model) { return reason }
    guard let layer = choice.layer, (try? model.model.graph.find(layer)) == nil else { return nil }
    return "the model has no layer \"\(layer)\""
  }

  /// What metrics read of a method's attribution; subjects of one request share their work.
  func subject(
    _ choice: MethodChoice, _ attribution: Attribution, seed: UInt64, sharedByModel: SharedWork
  ) throws -> Subject {
    let variant = try variant(of: choice)
    var subject = Subject(
      request: variant.request.metered(), method: choice.method, attribution: attribution,
      convention: choice.map, annotations: annotations, seed: seed, shared: variant.shared,
      sharedByModel: sharedByModel)
    subject.batchSize = model.model.microBatch
    return subject
  }
}

/// Counts forward passes from any thread.
final class ForwardPassCounter: Sendable {
  private let passes = Atomic<Int>(0)

  var total: Int { passes.load(ordering: .relaxed) }

  func add() { passes.add(1, ordering: .relaxed) }
}

extension RequestRecord.Resolved {
  /// The class of a request and what decides its maps.
  init(_ request: AttributionRequest, of model: BenchModel, annotations: Annotations?) {
    let target = request.targets[0]
    self.init(
      classIndex: target.classIndex, className: model.name(of: target),
      probability: request.measuredProbability,
      pixels: Digest { $0.add(request.inputs) }, annotations: annotations.digest)
  }
}

extension Annotations? {
  /// A digest of all annotations.
  var digest: Digest {
    guard let self else { return Digest(of: "no annotations") }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let data = (try? encoder.encode(self)) ?? Data()
    return Digest {
      $0.add("annotations")
      $0.add(data)
    }
  }
}
