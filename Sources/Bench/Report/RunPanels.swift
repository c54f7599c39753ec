internal import Figures
internal import Foundation
internal import Imaging
internal import SaliencyCore
internal import Support

/// The panels that an experiment's figure layouts ask for.
struct RunPanels {
  let pictures: RunPictures

  private var results: RunResults { pictures.results }

  /// A panel with the name of its file.
  struct Named {
    let name: String
    let caption: String
    let panel: Panel
  }

  /// One map that could stand in a panel.
  private struct Cell {
    let setting: Int
    let request: Int
    let method: Int

    func key(_ axis: OverviewFigure.Axis, _ results: RunResults) -> String {
      let setting = results.settings[setting]
      switch axis {
      case .model: return setting.modelName
      case .image: return setting.requests[request].imageName
      case .target: return setting.requests[request].target
      case .method: return results.methods[method].title
      }
    }
  }

  func all() throws -> [Named] { try results.experiment.overviews.flatMap(panels) }

  private func panels(_ layout: OverviewFigure) throws -> [Named] {
    var cells: [Cell] = []
    for (s, setting) in results.settings.enumerated() {
      for (q, request) in setting.requests.enumerated()
      where request.image < layout.images && request.resolved != nil {
        // Controls are for tables.
        for m in results.methods.indices where !results.methods[m].isControl {
          cells.append(Cell(setting: s, request: q, method: m))
        }
      }
    }
    // Axes that are neither rows nor columns make separate figures.
    let others = OverviewFigure.Axis.allCases.filter { !(layout.rows + layout.columns).contains($0) }
    return try grouped(cells, by: others).map { key, cells in
      let name = RunPlots.fileName([layout.name] + key)
      let about = key.isEmpty ? "" : " (\(key.joined(separator: ", ")))"
      let title = layout.title ?? results.experiment.title ?? results.experiment.name
      return Named(
        name: name,
        caption:
          "\(title)\(about): rows are \(Self.words(layout.rows)), columns are \(Self.words(layout.columns)).",
        panel: try panel(layout, cells, title: title + about))
    }
  }

  private static func words(_ axes: [OverviewFigure.Axis]) -> String {
    axes.map { "\($0.rawValue)s" }.joined(separator: " and ")
  }

  /// In the order of the first of each group.
  private func grouped(_ cells: [Cell], by axes: [OverviewFigure.Axis]) -> [(key: [String], cells: [Cell])] {
    var places: [[String]: Int] = [:]
    var groups: [(key: [String], cells: [Cell])] = []
    for cell in cells {
      let key = axes.map { cell.key($0, results) }
      if let place = places[key] {
        groups[place].cells.append(cell)
      } else {
        places[key] = groups.count
        groups.append((key, [cell]))
      }
    }
    return groups
  }

  private func panel(_ layout: OverviewFigure, _ cells: [Cell], title: String) throws -> Panel {
    let rows = grouped(cells, by: layout.rows)
    let columns = grouped(cells, by: layout.columns)
    // The image is in front if a row is about one image.
    let hasPicture = layout.rows.contains(.image)
    let drawn = try rows.map { _, members in
      let byColumn = Dictionary(members.map { (self.key($0, layout.columns), $0) }) { first, _ in first }
      let first = members[0]
      var content: [Panel.Cell] = hasPicture ? [try picture(first)] : []
      for column in columns {
        content.append(try byColumn[column.key].map { try self.cell($0, layout) } ?? .blank)
      }
      return Panel.Row(title: label(first, layout.rows), details: details(first, layout.rows), cells: content)
    }
    return Panel(
      title: title, columns: (hasPicture ? ["Image"] : []) + columns.map { $0.key.joined(separator: ", ") },
      rows: drawn)
  }

  private func key(_ cell: Cell, _ axes: [OverviewFigure.Axis]) -> [String] {
    axes.map { cell.key($0, results) }
  }

  private func label(_ cell: Cell, _ axes: [OverviewFigure.Axis]) -> String {
    guard axes.contains(.image) || axes.contains(.target) else {
      return key(cell, axes).joined(separator: ", ")
    }
    return request(cell).resolved?.className ?? ""
  }

  private func details(_ cell: Cell, _ axes: [OverviewFigure.Axis]) -> [String] {
    var lines: [String] = []
    if axes.contains(.image) || axes.contains(.target), let resolved = request(cell).resolved {
      if let probability = resolved.probability { lines.append("p = \(NumberText.fixed(probability, 2))") }
    }
    for axis in axes where axis == .image || axis == .model { lines.append(cell.key(axis, results)) }
    return lines
  }

  private func request(_ cell: Cell) -> RunResults.Request {
    results.settings[cell.setting].requests[cell.request]
  }

  private func picture(_ cell: Cell) throws -> Panel.Cell {
    let setting = results.settings[cell.setting]
    guard let found = try pictures.picture(model: setting.model, image: request(cell).image) else {
      return .message("no picture was kept")
    }
    return .picture(found.image)
  }

  private func cell(_ cell: Cell, _ layout: OverviewFigure) throws -> Panel.Cell {
    let setting = results.settings[cell.setting]
    guard let unit = setting.units[cell.method][cell.request] else { return .message("not computed yet") }
    guard unit.outcome == .done else { return .message(unit.reason ?? "failed") }
    guard let picture = try pictures.picture(model: setting.model, image: request(cell).image),
      let map = try pictures.map(
        unit, method: cell.method, height: picture.image.height, width: picture.image.width)
    else { return .message("no map was kept") }
    let colors = layout.colormap.flatMap(ColorMap.init(rawValue:))
    var style = pictures.style(of: cell.method, isOverlay: layout.show == .overlay).changed(colors: colors)
    if layout.show == .bare { style.opacity = nil }
    return .map(map, style, over: style.opacity == nil ? nil : picture.image)
  }
}
