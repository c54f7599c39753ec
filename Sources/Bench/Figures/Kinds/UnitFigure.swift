internal import Figures
internal import Foundation
internal import Imaging
internal import Metrics
internal import ModelLibrary
internal import SaliencyCore
internal import Support

/// Class-specific units: the maps of a layer with the largest weight for a class, and the image regions that fire them.
///
/// A unit's weight for a class is the mean, over the images and over the map's places, of the score's gradient (Grad-CAM's
/// alpha): where the maps are averaged and read by one dense layer, that layer's weight up to a factor. B. Zhou et al., CVPR 2016,
/// arXiv:1512.04150, section 3.3, and figure 10 there.
struct UnitFigure: FigureKind {
  static let word = "units"
  static let keys = ["over", "targets", "units", "shown", "cell"]

  private let over: [Variation]
  private let targets: [TargetChoice]
  private let unitCount: Int
  private let shown: Int
  private let cell: Double?

  init(reading map: YAMLMap, of value: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    var problems = YAMLProblems()
    over = problems.read(try Variation.list(map["over"], catalogs: catalogs)) ?? []
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

  /// Nearly black, for what is left of the pictures is most of the file.
  private static let darkness: Float = 0.92

  /// An image with how strongly each unit fires in it.
  private struct Firing {
    let setting: Setting
    let strongest: [Float]
  }

  func make(_ frame: FigureFrame, in studio: Studio) throws -> [Product] {
    let settings = try over.variants(in: studio, base: frame.base).map { $0.setting.over(frame.base) }
    let firings = try settings.map { try firing($0, studio) }
    var csv = CSV("class", "unit", "weight", "image", "activation")
    var rows: [Panel.Row] = []
    for target in try asked(settings, studio) {
      let (name, weights) = try weights(of: target, settings, studio)
      let units = weights.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }.prefix(unitCount)
      for unit in units {
        let best = firings.indices.sorted {
          (firings[$1].strongest[unit], $0) < (firings[$0].strongest[unit], $1)
        }.prefix(shown)
        let weight = NumberText.exact(Double(weights[unit]))
        let cells = try best.map { i in
          let activation = NumberText.exact(Double(firings[i].strongest[unit]))
          csv.add([name, "\(unit)", weight, firings[i].setting.image ?? "", activation])
          return try region(of: unit, in: firings[i].setting, studio)
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

  /// The classes to ask about: where a model of the user's own has none of those named, the top ones of the first images.
  private func asked(_ settings: [Setting], _ studio: Studio) throws -> [TargetChoice] {
    let wanted = studio.targets(targets)
    guard studio.hasGivenModel, wanted == targets else { return wanted }
    if wanted.allSatisfy({ (try? request(settings, $0, studio)) != nil }) { return wanted }
    var found: [TargetChoice] = []
    for setting in settings where found.count < wanted.count {
      let top = try request([setting], .top, studio).target.map(TargetChoice.index)
      if let top, !found.contains(top) { found.append(top) }
    }
    return found
  }

  private func request(_ settings: [Setting], _ target: TargetChoice, _ studio: Studio) throws -> Request {
    var setting = settings.first ?? Setting()
    setting.target = target
    return try studio.request(of: setting)
  }

  /// The maps of the layer, `[1, h, w, K]`.
  private func maps(_ setting: Setting, _ studio: Studio) throws -> (request: Request, maps: Tensor) {
    let request = try studio.request(of: setting)
    guard let layer = request.request.layer, request.request.model.graph[layer].shape.rank == 3
    else {
      throw SettingError("\(request.request.model.name) has no layer of maps; name one (layer: ...)")
    }
    return (request, request.request.activations(at: layer))
  }

  private func firing(_ setting: Setting, _ studio: Studio) throws -> Firing {
    let maps = try maps(setting, studio).maps
    let count = maps.shape[3]
    var strongest = [Float](repeating: -.infinity, count: count)
    maps.withUnsafeScalars {
      for (i, value) in $0.enumerated() { strongest[i % count] = max(strongest[i % count], value) }
    }
    return Firing(setting: setting, strongest: strongest)
  }

  private func weights(
    of target: TargetChoice, _ settings: [Setting], _ studio: Studio
  ) throws -> (name: String, weights: [Float]) {
    var (name, sum) = ("", [Double]())
    for setting in settings {
      var asked = setting
      asked.target = target
      let request = try studio.request(of: asked)
      name = request.className
      let mean = try request.request.layerGradient(for: "units").gradients.meanOverSpace()
      if sum.isEmpty { sum = Array(repeating: 0, count: mean.shape[3]) }
      for (k, value) in mean.scalars.enumerated() { sum[k] += Double(value) }
    }
    return (name, sum.map { Float($0 / Double(max(settings.count, 1))) })
  }

  /// The picture where the unit's map, enlarged, reaches half of its maximum.
  private func region(of unit: Int, in setting: Setting, _ studio: Studio) throws -> Panel.Cell {
    let (request, maps) = try maps(setting, studio)
    let (height, width, count) = (maps.shape[1], maps.shape[2], maps.shape[3])
    let values = (0..<(height * width)).map { maps[$0 * count + unit] }
    let picture = request.picture
    let map = SaliencyMap(height: height, width: width, values: values)
      .resized(height: picture.height, width: picture.width)
    let top = map.values.max() ?? 0
    let inside = Mask(height: map.height, width: map.width, pixels: map.values.map { $0 >= top / 2 })
    return .picture(
      picture.darkened(outside: inside, by: Self.darkness),
      note: request.image.truth ?? request.image.shortName)
  }
}
