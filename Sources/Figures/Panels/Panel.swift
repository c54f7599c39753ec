public import Imaging
public import SaliencyCore

/// What a comparison figure shows: rows of one (image, class) each, and columns of one method each.
///
/// A panel is a value without sizes or fonts; ``FigureRenderer`` lays it out and writes it.
///
///     let panel = Panel(
///       columns: ["Image", "Grad-CAM"],
///       rows: [
///         Panel.Row(
///           title: "boxer", details: ["p = 0.52"],
///           cells: [.picture(photograph), .map(map, .heatmap, over: photograph)])
///       ])
///     try FigureRenderer().write(panel, to: "figure.pdf")
public struct Panel: Sendable {
  /// Above the figure, bold; empty for none.
  public var title: String
  /// Below the figure, wrapped to its width; empty for none.
  public var caption: String
  /// The names above the columns.
  public var columns: [String]
  public var rows: [Row]
  /// Whether a bar below the figure says what the colours of each style mean.
  public var showsColorBars: Bool

  public init(
    title: String = "", columns: [String], rows: [Row], caption: String = "", showsColorBars: Bool = true
  ) {
    self.title = title
    self.columns = columns
    self.rows = rows
    self.caption = caption
    self.showsColorBars = showsColorBars
  }

  /// One row: what it is about, and a cell for each column.
  public struct Row: Sendable {
    /// Beside the cells, bold: the class.
    public var title: String
    /// Below the title, one line each: the probability, the name of the image.
    public var details: [String]
    /// As many as there are columns; missing ones are left blank.
    public var cells: [Cell]

    public init(title: String = "", details: [String] = [], cells: [Cell]) {
      self.title = title
      self.details = details
      self.cells = cells
    }
  }

  /// One place of the figure.
  public struct Cell: Sendable {
    public enum Content: Sendable {
      case picture(Image)
      case map(SaliencyMap, MapStyle, background: Image?)
      /// What went wrong, in place of a picture.
      case message(String)
      case blank
    }

    public var content: Content
    /// Below the cell, one line in small type; empty for none.
    public var note: String
    /// Boxes drawn over the picture or map.
    public var outlines: [Outline] = []

    public init(_ content: Content, note: String = "") {
      self.content = content
      self.note = note
    }

    /// A picture as it is.
    public static func picture(_ image: Image, note: String = "") -> Cell {
      Cell(.picture(image), note: note)
    }

    /// A map alone, or over a picture; one that is all zero, constant or not finite is hatched and called
    /// that.
    public static func map(
      _ map: SaliencyMap, _ style: MapStyle, over background: Image? = nil, note: String = ""
    ) -> Cell {
      Cell(.map(map, style, background: background), note: note)
    }

    /// What went wrong, in place of a picture.
    public static func message(_ text: String, note: String = "") -> Cell { Cell(.message(text), note: note) }

    /// Nothing.
    public static let blank = Cell(.blank)
  }

  /// A box over a picture, its edges as shares of the picture's width and height from the top left.
  public struct Outline: Sendable, Hashable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double
    public var color: RGB

    public init(x: Double, y: Double, width: Double, height: Double, color: RGB) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
      self.color = color
    }
  }
}
