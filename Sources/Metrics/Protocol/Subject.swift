public import SaliencyCore

/// One map of one image, with everything that a metric reads.
public struct Subject: Sendable {
  /// The request that the map was computed for: a batch of one.
  public let request: AttributionRequest
  /// The method that computed the map; a metric may apply it to other images, classes, or models.
  public let method: any SaliencyMethod
  /// The attribution: signed, at the resolution the method works at.
  public let attribution: Attribution
  /// How the attribution became the map.
  public let convention: MapConvention
  /// The map, at the input's height and width.
  public let map: SaliencyMap
  /// The annotations of the image; nil if the dataset has none.
  public let annotations: Annotations?
  /// The experiment's seed; draws are keyed by it, the pixels, and the draw's number.
  public let seed: UInt64
  /// How many images go through the network at once; no result depends on it.
  public var batchSize: Int
  /// What the scores of one request have in common.
  public let shared: SharedWork
  /// What the scores of one model have in common.
  public let sharedByModel: SharedWork
  let imageKey: UInt64

  /// A subject; work is shared with others only through the given stores.
  ///
  /// - Parameters:
  ///   - request: A batch of one.
  ///   - reduction: How channels become one number, if not as the convention or the method says.
  ///   - convention: How the attribution becomes a map; as the method says by default.
  ///   - shared: One for each request (model, image, target), whatever the method.
  ///   - sharedByModel: One for each model.
  public init(
    request: AttributionRequest, method: any SaliencyMethod, attribution: Attribution,
    reduction: ChannelReduction? = nil, convention: MapConvention = MapConvention(),
    annotations: Annotations? = nil, seed: UInt64 = 0,
    shared: SharedWork = SharedWork(), sharedByModel: SharedWork = SharedWork()
  ) {
    precondition(
      request.inputs.batchSize == 1 && attribution.values.batchSize == 1, "a subject is one map of one image"
    )
    self.request = request
    self.method = method
    self.attribution = attribution
    self.convention = MapConvention(reduction: reduction).filled(by: convention)
    let size = request.model.inputShape
    map = self.convention.map(of: attribution, by: method, height: size[0], width: size[1])
    self.annotations = annotations
    self.seed = seed
    self.shared = shared
    self.sharedByModel = sharedByModel
    batchSize = request.model.microBatch
    imageKey = request.inputs.contentKey
  }

  /// Applies a method and makes a subject of its attribution.
  ///
  /// - Throws: What the method throws.
  public init(
    applying method: any SaliencyMethod, to request: AttributionRequest, annotations: Annotations? = nil,
    seed: UInt64 = 0
  ) throws {
    self.init(
      request: request, method: method, attribution: try method.attribution(for: request),
      annotations: annotations, seed: seed)
  }

  /// How channels become one number.
  public var reduction: ChannelReduction { convention.reduction ?? method.reduction }

  /// The network.
  public var model: Model { request.model }

  /// The preprocessed image, `[1, H, W, C]`.
  public var input: Tensor { request.inputs }

  /// What the request explains.
  public var target: ResolvedTarget { request.targets[0] }

  /// The class that the request explains.
  ///
  /// - Throws: `NotApplicable` if the target is not one class: a difference of classes, or a position of a map.
  public func requiredClass() throws(NotApplicable) -> Int {
    guard let index = target.classIndex else {
      throw NotApplicable("the target \(target.text(labels: model.labels)) is no single class")
    }
    return index
  }
}
