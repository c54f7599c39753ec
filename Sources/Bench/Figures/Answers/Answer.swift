internal import Metrics
internal import SaliencyCore

/// A method's answer to a request, as a map.
struct Answer {
  let request: Request
  let choice: MethodChoice
  let attribution: Attribution
  /// At the resolution the method works at, or at the picture's where the setting says how it is enlarged.
  let map: SaliencyMap
  let subject: Subject

  init(
    _ choice: MethodChoice, _ setting: Setting, _ request: Request, _ attribution: Attribution, seed: UInt64
  ) {
    self.request = request
    self.choice = choice
    self.attribution = attribution
    let reduction = setting.reduction ?? choice.reduction ?? choice.method.reduction
    let own = SaliencyMap(attribution, reduction: reduction)
    let size = request.request.model.inputShape
    map = setting.enlargement.map { $0(own, height: size[0], width: size[1]) } ?? own
    subject = Subject(
      request: request.request, method: choice.method, attribution: attribution, reduction: reduction,
      annotations: request.annotations, seed: seed)
  }

  /// The map at the size of the network's input.
  var fullMap: SaliencyMap {
    let size = request.request.model.inputShape
    return map.resized(height: size[0], width: size[1])
  }

  /// Where the map is highest, in pixels of the network's input: the mean of the places that share the maximum.
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
}
