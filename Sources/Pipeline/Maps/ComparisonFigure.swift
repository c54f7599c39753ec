public import Figures
internal import Imaging
internal import SaliencyCore

/// A figure that compares methods: a row for each image and target, a column for each method.
public struct ComparisonFigure: Sendable {
  private static let largestSide = 512
  /// More rows make a bitmap that programs do not open.
  private static let mostRows = 100

  /// How maps are drawn.
  public let drawing: MapDrawing
  /// The usual methods that do not suit the model; the caption names them.
  public var unsuitable: [UnsuitableMethod] = []
  /// One record for each map.
  public private(set) var records: [ResultRecord] = []
  private var rows: [Panel.Row] = []
  private var titles: [String] = []
  private var caption = ""

  /// An empty figure.
  public init(drawing: MapDrawing = MapDrawing()) { self.drawing = drawing }

  /// A figure of results.
  ///
  /// - Throws: As ``add(_:)``.
  public init(_ results: [ImageResult], drawing: MapDrawing = MapDrawing()) throws {
    self.init(drawing: drawing)
    for result in results { try add(result) }
  }

  /// Adds a row.
  ///
  /// The cell of a method that failed shows the reason.
  ///
  /// - Throws: ``ComparisonFigureError`` if there are more rows than a figure can hold; `LibraryError` if the image cannot be
  ///   made from the input.
  public mutating func add(_ result: ImageResult) throws {
    guard rows.count < Self.mostRows else { throw ComparisonFigureError(mostRows: Self.mostRows) }
    let row = result.request
    let image = Self.shrunk(try drawing.background(of: row))
    let shape = row.request.model.inputShape
    let cells = result.methods.map { cell(for: $0, size: (shape[0], shape[1]), over: image) }
    records += result.methods.map {
      ResultRecord($0, for: row, convention: drawing.convention(for: $0.method))
    }
    titles = result.methods.map(\.title)
    caption = Self.caption(for: row)
    rows.append(
      Panel.Row(
        title: row.shortTargetName, details: [row.confidence, row.file.name],
        cells: [.picture(image)] + cells))
  }

  /// The figure as a value that ``FigureRenderer`` draws.
  public var panel: Panel {
    let missing =
      unsuitable.isEmpty
      ? "" : " Not applicable to this model: \(unsuitable.map(\.title).joined(separator: ", "))."
    return Panel(columns: ["Image"] + titles, rows: rows, caption: caption + missing)
  }

  /// Writes the figure.
  ///
  /// The suffix decides the format: `.png`, `.pdf`, `.svg`.
  ///
  /// - Throws: `FigureError`, `FileWriteError`.
  public func write(to path: String) throws { try FigureRenderer().write(panel, to: path) }

  /// Why there is no map at all; nil if there is one.
  package var onlyFailure: String? {
    records.allSatisfy { $0.error != nil } ? records.first?.error : nil
  }

  private func cell(
    for result: MethodResult, size: (height: Int, width: Int), over image: Image
  ) -> Panel.Cell {
    do throws(MapError) {
      return .map(
        try result.map(drawing.convention(for: result.method), size: size),
        drawing.figureStyle(for: result.method), over: image)
    } catch { return .message(error.reason) }
  }

  /// A large image at a size that a cell of the figure can show.
  private static func shrunk(_ image: Image) -> Image {
    let side = max(image.height, image.width)
    guard side > largestSide else { return image }
    let size = (
      height: max(image.height * largestSide / side, 1), width: max(image.width * largestSide / side, 1)
    )
    return Image(Resize.bilinear(image.tensor(), to: size, antialias: true))
  }

  private static func caption(for row: ImageRequest) -> String {
    let model = row.request.model
    let layer =
      row.request.layer.map { "; class activation maps are of layer \"\(model.graph[$0].name)\"" } ?? ""
    return "\(model.name): explains \(row.request.explainedValue)\(layer)."
  }
}

/// A figure has too many rows.
public struct ComparisonFigureError: Error, Equatable, CustomStringConvertible {
  let mostRows: Int

  public var description: String {
    "more than \(mostRows) rows in one figure; give fewer images, or use `saliency explain`"
  }
}
