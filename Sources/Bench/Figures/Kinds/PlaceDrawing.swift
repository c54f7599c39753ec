internal import Figures
internal import Imaging
internal import Metrics
internal import SaliencyCore

/// What stands in one place of a panel: a picture or a map, with its note.
struct PlaceDrawing {
  let request: Request
  let cell: Panel.Cell
  /// The numbers of the note, unrounded.
  let numbers: [(name: String, value: Double)]

  private static let found = RGB(255, 255, 255)
  private static let annotated = RGB(0, 220, 90)
  /// How much of what lies outside a region is black.
  private static let darkness: Float = 0.78

  init(_ setting: Setting, in studio: Studio) throws {
    let show = setting.show ?? .map
    let answer = show == .picture ? nil : try studio.answer(to: setting, isKept: true)
    request = try answer?.request ?? studio.request(of: setting)
    var note: (text: String, numbers: [(name: String, value: Double)]) = ("", [])
    // A note that is about maps says nothing below the picture beside them.
    if let template = setting.note, answer != nil || template.measures.allSatisfy(\.isAboutRequest) {
      note = try template.filled { try studio.finding($0, of: setting) }
    }
    numbers = note.numbers
    cell =
      try answer.map { try Self.cell(show, $0, setting, note: note.text) }
      ?? .picture(request.picture, note: note.text)
  }

  private static func cell(
    _ show: Setting.Show, _ answer: Answer, _ setting: Setting, note: String
  ) throws -> Panel.Cell {
    if let defect = answer.map.defect { return .message("the map is \(defect.rawValue)", note: note) }
    let picture = answer.request.picture
    let (method, reduction) = (answer.choice.method, setting.reduction ?? answer.choice.reduction)
    var style = MapStyle(for: method, reduction: reduction)
    switch show {
    case .picture, .map: break
    case .overlay, .boxes: style = MapStyle(overlaying: method, reduction: reduction)
    case .bare: style.opacity = nil
    case .region:
      let region = try answer.region(threshold: setting.threshold ?? 0.5)
      return .picture(picture.darkened(outside: region, by: darkness), note: note)
    }
    style = style.changed(colors: setting.colormap)
    // Alone, a map is shown at the size at which it lies over the picture.
    let map = style.opacity == nil ? answer.fullMap : answer.map
    var cell = Panel.Cell.map(map, style, over: style.opacity == nil ? nil : picture, note: note)
    if show == .boxes { cell.outlines = try outlines(answer, threshold: setting.threshold ?? 0.2) }
    return cell
  }

  private static func outlines(_ answer: Answer, threshold: Float) throws -> [Panel.Outline] {
    guard let annotations = answer.request.annotations else {
      let size = answer.request.picture
      let box = try BoxLocalisation(threshold: threshold)
        .box(of: answer.map.resized(height: size.height, width: size.width))
      return [Panel.Outline(box, of: (size.height, size.width), found)]
    }
    let size = (annotations.height, annotations.width)
    let objects = answer.request.target.map(annotations.objects(ofClass:)) ?? []
    let boxes = objects.compactMap { $0.box ?? $0.mask?.box }
    let box = try BoxLocalisation(threshold: threshold)
      .box(of: answer.map.resized(height: size.0, width: size.1))
    return boxes.map { Panel.Outline($0, of: size, annotated) } + [Panel.Outline(box, of: size, found)]
  }
}

extension Panel.Outline {
  fileprivate init(_ box: Box, of size: (height: Int, width: Int), _ color: RGB) {
    self.init(
      x: box.x / Double(size.width), y: box.y / Double(size.height), width: box.width / Double(size.width),
      height: box.height / Double(size.height), color: color)
  }
}

extension Answer {
  /// The pixels where the map, at the size of the network's input, reaches a share of its maximum.
  func region(threshold: Float) throws(SettingError) -> Mask {
    let map = fullMap
    guard let top = map.values.max(), top > 0 else { throw SettingError("the map has no positive value") }
    return Mask(height: map.height, width: map.width, pixels: map.values.map { $0 >= threshold * top })
  }
}

extension Image {
  /// The picture as it is inside a region of the same size, and dark outside.
  func darkened(outside region: Mask, by weight: Float) -> Image {
    let inside = region.pixels
    return Image(width: width, height: height) { row, column in
      let color = self[row, column]
      return inside[row * width + column] ? color : color.mixed(with: .black, weight: weight)
    }
  }
}
