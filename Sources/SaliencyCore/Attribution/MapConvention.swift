/// How an attribution becomes a saliency map: channels, normalisation, size, and their order.
public struct MapConvention: Sendable, Hashable, Codable {
  /// How channels become one number; nil for what the method's paper does.
  public var reduction: ChannelReduction?
  /// How the map is brought to the size of the input.
  public var resize: MapResize?
  /// How values are scaled.
  public var normalise: MapNormalisation?
  /// Whether values are scaled before or after the map is resized.
  public var order: Order?

  /// The order of scaling and resizing.
  public enum Order: String, Sendable, Codable, CaseIterable {
    /// Resized, then scaled.
    case resizeFirst = "resize-first"
    /// Scaled, then resized.
    case normaliseFirst = "normalise-first"
  }

  /// What is nil is as in the papers: the method's reduction, bilinear, not normalised.
  public init(
    reduction: ChannelReduction? = nil, resize: MapResize? = nil, normalise: MapNormalisation? = nil,
    order: Order? = nil
  ) {
    self.reduction = reduction
    self.resize = resize
    self.normalise = normalise
    self.order = order
  }

  /// These choices, and those of another where there is none.
  public func filled(by other: MapConvention) -> MapConvention {
    MapConvention(
      reduction: reduction ?? other.reduction, resize: resize ?? other.resize,
      normalise: normalise ?? other.normalise, order: order ?? other.order)
  }

  /// Whether the map at the method's resolution, resized bilinearly wherever it is shown, is the map.
  public var isPlain: Bool { (resize ?? .bilinear) == .bilinear && (normalise ?? .unchanged) == .unchanged }

  /// The map of one image of an attribution at a size.
  ///
  /// - Parameters:
  ///   - attribution: The attribution.
  ///   - sample: The number of the image.
  ///   - method: The method, whose reduction is taken if there is no other.
  ///   - height: The height of the map.
  ///   - width: The width of the map.
  public func map(
    of attribution: Attribution, sample: Int = 0, by method: any SaliencyMethod, height: Int, width: Int
  ) -> SaliencyMap {
    let own = SaliencyMap(attribution, sample: sample, reduction: reduction ?? method.reduction)
    let (resize, normalise) = (resize ?? .bilinear, normalise ?? .unchanged)
    if order == .normaliseFirst { return normalise(own).resized(height: height, width: width, by: resize) }
    return normalise(own.resized(height: height, width: width, by: resize))
  }
}
