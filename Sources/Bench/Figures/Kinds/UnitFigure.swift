internal import Figures
internal import Foundation
internal import Imaging
internal import Metrics
internal import ModelLibrary
internal import SaliencyCore
internal import Support

/// Class-specific units: the feature maps of a layer with the largest weights for a class, and the image regions that activate
/// them most.
///
/// A unit's weight for a class is the mean, over the images and over the map's places, of the score's gradient (Grad-CAM's
/// alpha). If the maps are averaged and read by one dense layer, it is that layer's weight up to a factor. B. Zhou et al., CVPR 2016,
/// arXiv:1512.04150, section 3.3, and figure 10 there.
struct UnitFigure: FigureKind {
  static let word = "units"
  static let keys = ["over", "targets", "units", "shown", "cell"]

  /// The images that maxima and weights are taken over.
  private let searched: [Variation]
  private let targets: [TargetChoice]
  private let unitCount: Int
  private let shown: Int
  private let cell: Double?

  init(reading map: YAMLMap, of value: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    var problems = YAMLProblems()
    searched = problems.read(try Variation.list(map["over"], catalogs: catalogs)) ?? []
    let targets = problems.read(
      try map.required("targets").list().map(reading: { value throws(YAMLError) in
        TargetChoice(parsing: try value.text())
      }))
    self.targets = targets ?? []
    unitCount = problems.readIfPresent(try map["units"]?.integer(atLeast: 1, atMost: 10_000)) ?? 3
    shown = problems.readIfPresent(try map["shown"]?.integer(atLeast: 1, atMost: 100)) ?? 5
    cell = problems.readIfPresent(try map["cell"]?.points())
    try problems.check()
  }

  /// Nearly black, to keep files small.
  private static let darkness: Float = 0.92

  /// The maximum of each unit in one image.
  private struct ImageActivations {
    let setting: Setting
    let maxima: [Float]
  }

  func make(_ frame: FigureFrame, in context: FigureContext) throws -> [Product] {
    let settings = try searched.variants(in: context, base: frame.base).map {
      $0.setting.withDefaults(frame.base)
    }
    let images = try settings.map { try activations($0, context) }
    var csv = CSV("class", "unit", "weight", "image", "activation")
    var rows: [Panel.Row] = []
    for target in try classes(settings, context) {
      let (name, weights) = try weights(of: target, settings, context)
      let units = weights.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }.prefix(unitCount)
      for unit in units {
        let best = images.indices.sorted {
          (images[$1].maxima[unit], $0) < (images[$0].maxima[unit], $1)
        }.prefix(shown)
        let weight = NumberText.exact(Double(weights[unit]))
        let cells = try best.map { i in
          let activation = NumberText.exact(Double(images[i].maxima[unit]))
          csv.add([name, "\(unit)", weight, images[i].setting.image ?? "", activation])
          return try region(of: unit, in: images[i].setting, context)
        }
        rows.append(
          Panel.Row(
            title: name, details: ["unit \(unit)", String(format: "weight %.3f", Double(weights[unit]))],
            cells: cells))
      }
    }
    var style = FigureStyle()
    style.cellWidth = cell ?? style.cellWidth
    let columns = (1...min(shown, max(settings.count, 1))).map { $0 == 1 ? "fires it most" : "\($0)." }
    let panel = Panel(title: frame.title, columns: columns, rows: rows, caption: frame.caption)
    return [.panel(panel, name: frame.name, style: style), .text(csv.text, name: frame.name + ".csv")]
  }

  /// The classes to explain: the top classes of the first images if the user's own model has none of those named.
  private func classes(_ settings: [Setting], _ context: FigureContext) throws -> [TargetChoice] {
    let wanted = context.targets(targets)
    guard context.hasGivenModel, wanted == targets else { return wanted }
    if wanted.allSatisfy({ (try? request(settings, $0, context)) != nil }) { return wanted }
    var found: [TargetChoice] = []
    for setting in settings where found.count < wanted.count {
      let top = try request([setting], .top, context).resolved.classIndex.map(TargetChoice.index)
      if let top, !found.contains(top) { found.append(top) }
    }
    return found
  }

  private func request(
    _ settings: [Setting], _ target: TargetChoice, _ context: FigureContext
  ) throws -> OpenRequest {
    var setting = settings.first ?? Setting()
    setting.target = target
    return try context.request(of: setting)
  }

  /// The feature maps of the layer, `[1, h, w, K]`.
  private static func maps(_ request: AttributionRequest) throws -> Tensor {
    guard let layer = request.layer, request.model.graph[layer].shape.rank == 3 else {
      throw SettingError("\(request.model.name) has no layer of maps; name one (layer: ...)")
    }
    return request.activations(at: layer)
  }

  /// The maximum of each unit's map in an image.
  private func activations(_ setting: Setting, _ context: FigureContext) throws -> ImageActivations {
    let maxima = try context.tensor("unit maxima", context.request(of: setting), setting) { request in
      let maps = try Self.maps(request)
      let count = maps.shape[3]
      var maxima = [Float](repeating: -.infinity, count: count)
      maps.withUnsafeScalars {
        for (i, value) in $0.enumerated() { maxima[i % count] = max(maxima[i % count], value) }
      }
      return Tensor(shape: [1, 1, 1, count], scalars: maxima)
    }
    return ImageActivations(setting: setting, maxima: maxima.scalars)
  }

  private func weights(
    of target: TargetChoice, _ settings: [Setting], _ context: FigureContext
  ) throws -> (name: String, weights: [Float]) {
    var (name, sum) = ("", [Double]())
    for var setting in settings {
      setting.target = target
      let request = try context.request(of: setting)
      name = request.shortClassName
      let mean = try context.tensor("unit weights", request, setting) {
        try $0.layerGradient(for: "units").gradients.meanOverSpace()
      }
      if sum.isEmpty { sum = Array(repeating: 0, count: mean.shape[3]) }
      for (k, value) in mean.scalars.enumerated() { sum[k] += Double(value) }
    }
    return (name, sum.map { Float($0 / Double(max(settings.count, 1))) })
  }

  /// The image where the unit's upsampled map reaches half of its maximum.
  private func region(of unit: Int, in setting: Setting, _ context: FigureContext) throws -> Panel.Cell {
    let request = try context.request(of: setting)
    let values = try context.tensor("unit map \(unit)", request, setting) { request in
      let maps = try Self.maps(request)
      let (height, width, count) = (maps.shape[1], maps.shape[2], maps.shape[3])
      return Tensor(
        shape: [1, height, width, 1], scalars: (0..<(height * width)).map { maps[$0 * count + unit] })
    }
    let image = try request.visibleImage()
    let map = SaliencyMap(height: values.shape[1], width: values.shape[2], values: values.scalars)
      .resized(height: image.height, width: image.width)
    let top = map.values.max() ?? 0
    let inside = Mask(height: map.height, width: map.width, pixels: map.values.map { $0 >= top / 2 })
    return .picture(
      image.darkened(outside: inside, by: Self.darkness), note: request.image.truth ?? request.image.shortName
    )
  }
}
