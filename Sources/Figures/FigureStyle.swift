/// The sizes of a figure, in points (1/72 inch).
public struct FigureStyle: Sendable, Hashable, Codable {
  /// The width of a cell.
  ///
  /// Its height follows the pictures.
  public var cellWidth: Double = 92
  /// Between cells, both ways.
  public var gutter: Double = 5
  /// Around the figure.
  public var margin: Double = 4
  /// At most this much is given to the row labels; longer ones are wrapped.
  public var labelWidth: Double = 84
  public var titleSize: Double = 10
  /// Column titles, row labels, caption.
  public var textSize: Double = 8
  /// Details, notes, messages and colour bars.
  public var smallSize: Double = 6.5
  /// The font family.
  ///
  /// Where it is not installed, fontconfig takes another and texts are measured in that one.
  public var font = "DejaVu Sans"
  /// The resolution of PNG files, in dots per inch.
  ///
  /// Where all pictures are equally wide it is moved to the nearest at
  /// which one pixel of theirs is a whole number of dots, so that none is blurred or doubled.
  public var resolution: Double = 220

  /// The width of a plot; by default a column of a page with two (3.3 inches).
  public var plotWidth: Double = 238
  /// The height of a plot between its axes.
  public var plotHeight: Double = 140
  /// Tick labels, legend and notes of a plot; titles of axes have `textSize`.
  ///
  /// Printed text below 7 points is hard to read.
  public var plotTextSize: Double = 7
  /// The resolution of a plot's PNG file, in dots per inch.
  public var plotResolution: Double = 300

  /// Sizes for a printed page.
  public init() {}

  /// Sizes for a figure of a given width, such as 496 (a CVPR page) or 397 (a NeurIPS page): the cells take
  /// what the labels leave.
  ///
  /// - Parameter width: In points, of the whole figure, where the row labels need all they may have.
  public init(width: Double, columns: Int) {
    let room = width - 2 * margin - labelWidth - gutter * Double(max(columns, 1))
    cellWidth = max(room / Double(max(columns, 1)), 24)
  }
}
