public import Figures
internal import Imaging
public import Methods
internal import SaliencyCore
internal import Support

extension ConventionComparison {
  /// More rows make a bitmap that programs do not open.
  private static let mostRows = 60

  /// A figure of comparisons: a row for each method, a column for each toolkit.
  ///
  /// Of many images, the first ones are drawn.
  ///
  /// - Parameters:
  ///   - comparisons: One for each image and target.
  ///   - profiles: The toolkits, in the order of the comparisons.
  ///   - drawing: How maps are drawn.
  /// - Throws: What is wrong with an image.
  public static func panel(
    _ comparisons: [ConventionComparison], profiles: [ConventionProfile] = ConventionProfile.all,
    drawing: MapDrawing = MapDrawing()
  ) throws -> Panel {
    let profiles = [.paper] + profiles.filter { $0.name != ConventionProfile.paper.name }
    let each = max(comparisons.first?.results.count ?? 1, 1)
    let shown = comparisons.prefix(max(mostRows / each, 1))
    let rows = try shown.flatMap { comparison in
      let image = try drawing.background(of: comparison.request)
      return comparison.results.map { title, cells in
        Panel.Row(
          title: title, details: [comparison.request.shortTargetName, comparison.request.file.name],
          cells: [.picture(image)]
            + zip(profiles, cells).map { comparison.cell($1, $0, drawing, over: image) })
      }
    }
    return Panel(
      columns: ["Image"] + profiles.map(\.name), rows: rows,
      caption: "The same methods with the conventions of several toolkits, on one network"
        + (shown.count < comparisons.count ? "; the first \(shown.count) of \(comparisons.count)." : "."))
  }

  private func cell(
    _ result: MethodResult?, _ profile: ConventionProfile, _ drawing: MapDrawing, over image: Image
  ) -> Panel.Cell {
    guard let result else { return .message("not in this profile") }
    var drawing = drawing
    drawing.profile = profile
    let shape = request.request.model.inputShape
    do throws(MapError) {
      let map = try result.map(drawing.convention(for: result.method), size: (shape[0], shape[1]))
      return .map(map, drawing.figureStyle(for: result.method), over: image)
    } catch { return .message(error.reason) }
  }
}

extension [ConventionComparison.Row] {
  /// The rows as a table for a terminal: of several images and targets, the means.
  public var summary: String {
    var table = TextTable(
      .init("method"), .init("profile"), .init("maps", .right), .init("rank correlation", .right),
      .init("SSIM", .right), .init("maxima apart", .right), .init("differs from the paper in"))
    var seen = Set<[String]>()
    for first in self where seen.insert([first.method, first.profile]).inserted {
      let own = filter { $0.method == first.method && $0.profile == first.profile }
      table.add(
        first.method, first.profile, "\(own.count { $0.error == nil })",
        Self.mean(own.map(\.rankCorrelation), 3), Self.mean(own.map(\.structuralSimilarity), 3),
        Self.mean(own.map(\.peakDistance), 1),
        own.compactMap(\.error).first ?? first.differences.joined(separator: "; "))
    }
    return table.text
  }

  /// The mean of the values that there are; empty if there is none.
  private static func mean(_ values: [Double?], _ digits: Int) -> String {
    let present = values.compactMap(\.self)
    guard !present.isEmpty else { return "" }
    return NumberText.fixed(present.reduce(0, +) / Double(present.count), digits)
  }
}
