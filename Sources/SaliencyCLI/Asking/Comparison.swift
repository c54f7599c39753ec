internal import ArgumentParser
internal import Figures
internal import Imaging
internal import SaliencyCore

/// The figure of a comparison as it grows, row by row.
struct Comparison {
  private static let largestSide = 512
  /// More rows than this make a bitmap that nothing opens.
  private static let mostRows = 100

  let drawing: DrawingOptions
  /// The usual methods that do not suit the model.
  var leftOut: [LeftOutMethod] = []
  private(set) var records: [AnswerRecord] = []
  private var rows: [Panel.Row] = []
  private var titles: [String] = []
  private var caption = ""

  init(drawing: DrawingOptions) { self.drawing = drawing }

  /// Adds a row; a method that failed has its reason in its cell.
  ///
  /// - Throws: `ValidationError` where there are too many rows for one figure.
  mutating func add(_ row: ImageRequest, _ answers: [MethodAnswer]) throws {
    guard rows.count < Self.mostRows else {
      throw ValidationError(
        "more than \(Self.mostRows) rows in one figure; give fewer pictures, or use `saliency explain`")
    }
    let picture = Self.shrunk(try drawing.backdrop(of: row))
    let maps = answers.map { $0.mapped(reduction: drawing.reduction) }
    let cells = zip(answers, maps).map { cell(for: $0, $1, over: picture) }
    records += zip(answers, maps).map { AnswerRecord($0, to: row, error: $1.reason) }
    titles = answers.map(\.title)
    caption = Self.caption(for: row)
    rows.append(
      Panel.Row(
        title: row.shortClassName,
        details: [
          row.confidence, row.file.name,
        ],
        cells: [.picture(picture)] + cells))
  }

  var panel: Panel {
    let missing =
      leftOut.isEmpty ? "" : " Not applicable to this model: \(leftOut.map(\.title).joined(separator: ", "))."
    return Panel(columns: ["Image"] + titles, rows: rows, caption: caption + missing)
  }

  /// Why there is no map at all, where there is none.
  var onlyFailure: String? {
    records.allSatisfy { $0.error != nil } ? records.first?.error : nil
  }

  private func cell(
    for answer: MethodAnswer, _ map: Result<SaliencyMap, AnswerError>, over picture: Image
  ) -> Panel.Cell {
    switch map {
    case .success(let map): .map(map, drawing.figureStyle(for: answer.method), over: picture)
    case .failure(let error): .message(error.reason)
    }
  }

  /// A large photograph at a size that a cell of the figure can show.
  private static func shrunk(_ picture: Image) -> Image {
    let side = max(picture.height, picture.width)
    guard side > largestSide else { return picture }
    let size = (
      height: max(picture.height * largestSide / side, 1), width: max(picture.width * largestSide / side, 1)
    )
    return Image(Resize.bilinear(picture.tensor(), to: size, antialias: true))
  }

  private static func caption(for row: ImageRequest) -> String {
    let model = row.request.model
    let layer =
      row.request.layer.map { "; class activation maps are of layer \"\(model.graph[$0].name)\"" } ?? ""
    return "\(model.name): explains \(row.request.explainedValue)\(layer)."
  }
}
