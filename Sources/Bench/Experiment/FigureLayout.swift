internal import Imaging
internal import ModelLibrary

/// A figure of panels: what its rows and columns are, and how maps are drawn.
///
///     figure: { rows: image, columns: method, images: 0..<4, colours: turbo }
public struct FigureLayout: Sendable, Equatable {
  /// What changes from one row, or column, to the next.
  public enum Axis: String, Sendable, Codable, CaseIterable {
    case model
    case image
    case target
    case method
  }

  /// What a panel shows.
  public enum Look: String, Sendable, Codable, CaseIterable {
    /// Class activation maps over the picture, others alone.
    case standard
    /// The map over the picture.
    case overlay
    /// The map alone.
    case map
  }

  public var name: String
  public var title: String?
  /// The outermost first.
  public var rows: [Axis]
  public var columns: [Axis]
  /// How many images are shown, the first ones.
  public var images: Int
  public var look: Look
  /// A colour map's name; nil for the default of the method.
  public var colours: String?
  var origin = Origin()

  public init(
    name: String = "panels", title: String? = nil, rows: [Axis] = [.image], columns: [Axis] = [.method],
    images: Int = 4, look: Look = .standard, colours: String? = nil
  ) {
    self.name = name
    self.title = title
    self.rows = rows
    self.columns = columns
    self.images = images
    self.look = look
    self.colours = colours
  }

  init(reading value: YAMLValue) throws(YAMLError) {
    var problems = YAMLProblems()
    let map = try problems.map(
      value, keys: ["name", "title", "rows", "columns", "images", "look", "colours"])
    self.init()
    name = problems.readIfPresent(try map["name"]?.text()) ?? name
    title = problems.readIfPresent(try map["title"]?.text())
    rows = problems.readIfPresent(try map["rows"].map(Self.axes)) ?? rows
    columns = problems.readIfPresent(try map["columns"].map(Self.axes)) ?? columns
    images = problems.readIfPresent(try map["images"]?.integer(atLeast: 1)) ?? images
    look = problems.readIfPresent(try map["look"]?.word()) ?? look
    let colours: ColorMap? = problems.readIfPresent(try map["colours"]?.word())
    self.colours = colours?.rawValue
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
