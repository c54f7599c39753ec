internal import Metrics
internal import SaliencyCore

/// A method's map for a request of a figure.
struct FigureMap {
  let request: OpenRequest
  let choice: MethodChoice
  let attribution: Attribution
  /// At the method's resolution, or at the size of the input if the setting names how it is resized.
  let map: SaliencyMap

  init(
    _ request: OpenRequest, _ choice: MethodChoice, _ attribution: Attribution, enlargement: Enlargement?
  ) {
    self.request = request
    self.choice = choice
    self.attribution = attribution
    let own = SaliencyMap(attribution, reduction: choice.reduction ?? choice.method.reduction)
    let size = request.model.model.inputShape
    map = enlargement.map { $0(own, height: size[0], width: size[1]) } ?? own
  }

  /// The map at the size of the network's input.
  var fullMap: SaliencyMap {
    let size = request.model.model.inputShape
    return map.resized(height: size[0], width: size[1])
  }

  /// The maximum's position in pixels of the network's input: the mean of the pixels that share it.
  var peak: (x: Double, y: Double) {
    let map = fullMap
    let top = map.values.max() ?? 0
    let places = map.values.indices.filter { map.values[$0] == top }
    let count = Double(max(places.count, 1))
    return (
      places.reduce(0) { $0 + Double($1 % map.width) + 0.5 } / count,
      places.reduce(0) { $0 + Double($1 / map.width) + 0.5 } / count
    )
  }

  /// The pixels where the map, at the size of the network's input, reaches a share of its maximum.
  ///
  /// - Throws: `SettingError` if the map has no positive value.
  func region(threshold: Float) throws(SettingError) -> Mask {
    let map = fullMap
    guard let top = map.values.max(), top > 0 else { throw SettingError("the map has no positive value") }
    return Mask(height: map.height, width: map.width, pixels: map.values.map { $0 >= threshold * top })
  }
}
