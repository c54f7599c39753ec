internal import Imaging
internal import ModelLibrary

/// A figure of the maps that a benchmark computes: what its rows and columns are, and how maps are drawn.
///
///     figure: { kind: overview, rows: image, columns: method, images: 4, colormap: turbo }
///
/// It is drawn from the run's store alone.
public struct OverviewFigure: Sendable, Equatable {
  /// What changes from one row, or column, to the next.
  public enum Axis: String, Sendable, Codable, CaseIterable {
    case model
    case image
    case target
    case method
  }

  /// What a panel shows.
  public enum Show: String, Sendable, Codable, CaseIterable {
    /// The map as its method is shown: class activation maps over the image, others alone.
    case map
    /// The map over the image.
    case overlay
    /// The map alone.
    case bare
  }

  /// The value of `kind`; the default kind.
  static let word = "overview"

  public var name: String
  public var title: String?
  /// The outermost first.
  public var rows: [Axis]
  public var columns: [Axis]
  /// How many images are shown, the first ones.
  public var images: Int
  public var show: Show
  /// A colour map's name; nil for the default of the method.
  public var colormap: String?
  var origin = Origin()

  public init(
    name: String = "panels", title: String? = nil, rows: [Axis] = [.image], columns: [Axis] = [.method],
    images: Int = 4, show: Show = .map, colormap: String? = nil
  ) {
    self.name = name
    self.title = title
    self.rows = rows
    self.columns = columns
    self.images = images
    self.show = show
    self.colormap = colormap
  }

  init(reading value: YAMLValue) throws(YAMLError) {
    var problems = YAMLProblems()
    let map = try problems.map(
      value, keys: ["name", "kind", "title", "rows", "columns", "images", "show", "colormap"])
    self.init()
    name = problems.readIfPresent(try map["name"]?.text()) ?? name
    title = problems.readIfPresent(try map["title"]?.text())
    rows = problems.readIfPresent(try map["rows"].map(Self.axes)) ?? rows
    columns = problems.readIfPresent(try map["columns"].map(Self.axes)) ?? columns
    images = problems.readIfPresent(try map["images"]?.integer(atLeast: 1)) ?? images
    show = problems.readIfPresent(try map["show"]?.word()) ?? show
    let colormap: ColorMap? = problems.readIfPresent(try map["colormap"]?.word())
    self.colormap = colormap?.rawValue
    origin = value.origin
    let axes = rows + columns
    if let twice = axes.first(where: { axis in axes.count { $0 == axis } > 1 }) {
      problems.note(value.error("\"\(twice.rawValue)\" stands twice among rows and columns"))
    }
    try problems.check()
  }

  private static func axes(_ value: YAMLValue) throws(YAMLError) -> [Axis] {
    if case .list(let items) = value.content {
      return try items.map(reading: { value throws(YAMLError) -> Axis in try value.word() })
    }
    return [try value.word()]
  }
}
