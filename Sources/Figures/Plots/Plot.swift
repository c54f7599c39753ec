/// A plot of series over two axes.
///
/// A plot is a value without sizes or fonts; ``FigureRenderer`` lays it out and writes it.
///
///     let plot = Plot(
///       title: "Deletion", x: Plot.Axis("share of pixels removed"), y: Plot.Axis("probability"),
///       series: [
///         Plot.Series("Grad-CAM", points: [Plot.Point(x: 0, y: 0.9), Plot.Point(x: 1, y: 0.1)])
///       ])
///     try plot.write(to: "deletion.pdf")
///
/// Values that are not finite, beyond ±1e100, or not positive on a logarithmic axis are left out; a note below the axes
/// counts them, and a line is interrupted there.
public struct Plot: Sendable, Hashable {
  /// Above the axes, bold; empty for none.
  public var title: String
  /// What else a reader must know.
  ///
  /// It is not drawn: it is the description in SVG and PDF files.
  public var caption: String
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// In the order of the legend.
  ///
  /// A series without points is left out.
  public var series: [Series]
  /// How points are drawn.
  public var kind: Kind

  /// A plot of series over two axes.
  public init(
    title: String = "", x: Axis, y: Axis, series: [Series], kind: Kind = .lines, caption: String = ""
  ) {
    self.title = title
    self.caption = caption
    self.x = x
    self.y = y
    self.series = series
    self.kind = kind
  }

  /// How the points of a series are drawn.
  public enum Kind: Sendable, Hashable {
    /// A line through the points, with their intervals as a band.
    case lines
    /// A marker at each point, with its interval as an error bar.
    case points
  }

  /// Points under one name in the legend.
  public struct Series: Sendable, Hashable {
    /// Shown in the legend; empty for none.
    public var name: String
    /// In the order of the line.
    public var points: [Point]
    /// Whether it is a control: drawn grey, thin, and with open markers.
    public var isControl: Bool

    /// Points under one name in the legend.
    public init(_ name: String, points: [Point], isControl: Bool = false) {
      self.name = name
      self.points = points
      self.isControl = isControl
    }
  }

  /// A value, with its interval if it has one.
  public struct Point: Sendable, Hashable {
    /// On a categorical axis, the index of the category.
    public var x: Double
    public var y: Double
    /// The lower end of the interval of y.
    public var low: Double?
    /// The upper end of the interval of y.
    public var high: Double?

    /// A value, with its interval if both ends are given.
    public init(x: Double, y: Double, low: Double? = nil, high: Double? = nil) {
      self.x = x
      self.y = y
      self.low = low
      self.high = high
    }
  }
}
