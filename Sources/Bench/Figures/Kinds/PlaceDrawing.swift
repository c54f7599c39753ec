internal import Figures
internal import Imaging
internal import Metrics
internal import SaliencyCore

/// One cell of a panel: an image or a map, with its note.
struct PlaceDrawing {
  let request: OpenRequest
  let cell: Panel.Cell
  /// The numbers of the note, unrounded.
  let numbers: [(name: String, value: Double)]

  private static let foundColor = RGB(255, 255, 255)
  private static let annotated = RGB(0, 220, 90)
  /// The weight of black outside a region.
  private static let darkness: Float = 0.78

  init(_ setting: Setting, in context: FigureContext) throws {
    let show = setting.show ?? .map
    let map = show == .picture ? nil : try context.map(of: setting, isKept: true)
    request = try map?.request ?? context.request(of: setting)
    var note: (text: String, numbers: [(name: String, value: Double)]) = ("", [])
    // A note about maps is left out below the image beside them.
    if let template = setting.note, map != nil || template.measures.allSatisfy(\.needsNoMap) {
      note = try template.filled { try context.value($0, of: setting) }
    }
    numbers = note.numbers
    cell =
      try map.map { try Self.cell(show, $0, setting, note: note.text) }
      ?? .picture(request.visibleImage(), note: note.text)
  }

  private static func cell(
    _ show: Setting.Show, _ map: FigureMap, _ setting: Setting, note: String
  ) throws -> Panel.Cell {
    if let defect = map.map.defect { return .message("the map is \(defect.rawValue)", note: note) }
    let image = try map.request.visibleImage()
    let (method, reduction) = (map.choice.method, map.choice.reduction)
    var style = MapStyle(for: method, reduction: reduction)
    switch show {
    case .picture, .map: break
    case .overlay, .boxes: style = MapStyle(overlaying: method, reduction: reduction)
    case .bare: style.opacity = nil
    case .region:
      let region = try map.region(threshold: setting.threshold ?? 0.5)
      return .picture(image.darkened(outside: region, by: darkness), note: note)
    }
    style = style.changed(colors: setting.colormap)
    // A map without an overlay is shown at the same size.
    let drawn = style.opacity == nil ? map.fullMap : map.map
    var cell = Panel.Cell.map(drawn, style, over: style.opacity == nil ? nil : image, note: note)
    if show == .boxes { cell.outlines = try outlines(map, threshold: setting.threshold ?? 0.2) }
    return cell
  }

  private static func outlines(_ map: FigureMap, threshold: Float) throws -> [Panel.Outline] {
    guard let annotations = map.request.annotations else {
      let size = try map.request.visibleImage()
      let box = try BoxLocalisation(threshold: threshold)
        .box(of: map.map.resized(height: size.height, width: size.width))
      return [Panel.Outline(box, of: (size.height, size.width), foundColor)]
    }
    let size = (annotations.height, annotations.width)
    let objects = map.request.resolved.classIndex.map(annotations.objects(ofClass:)) ?? []
    let boxes = objects.compactMap { $0.box ?? $0.mask?.box }
    let box = try BoxLocalisation(threshold: threshold)
      .box(of: map.map.resized(height: size.0, width: size.1))
    return boxes.map { Panel.Outline($0, of: size, annotated) } + [Panel.Outline(box, of: size, foundColor)]
  }
}

extension Panel.Outline {
  fileprivate init(_ box: Box, of size: (height: Int, width: Int), _ color: RGB) {
    self.init(
      x: box.x / Double(size.width), y: box.y / Double(size.height), width: box.width / Double(size.width),
      height: box.height / Double(size.height), color: color)
  }
}

extension Image {
  /// The image, darkened outside a region of the same size.
  func darkened(outside region: Mask, by weight: Float) -> Image {
    let inside = region.pixels
    return Image(width: width, height: height) { row, column in
      let color = self[row, column]
      return inside[row * width + column] ? color : color.mixed(with: .black, weight: weight)
    }
  }
}
