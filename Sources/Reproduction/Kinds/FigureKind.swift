internal import Bench
internal import Figures
internal import ModelLibrary
internal import SaliencyCore

/// A way to make a figure from settings: a kind is one file, and a line in `Figure.kinds`.
protocol FigureKind: Sendable {
  /// The word by which an experiment asks for it.
  static var word: String { get }
  /// The keys it takes besides those of every figure.
  static var keys: [String] { get }
  /// - Throws: `YAMLError` with the line of what is wrong.
  init(reading map: YAMLMap, of value: YAMLValue, catalogs: Catalogs) throws(YAMLError)
  /// Makes the figure's files.
  ///
  /// - Throws: Why there is none at all; what goes wrong in one place of a figure is said in that place.
  func make(_ frame: FigureFrame, in studio: Studio) throws -> [Product]
}

/// What every figure has, whatever its kind.
struct FigureFrame: Sendable {
  /// The name of its files.
  var name: String
  var title: String
  var caption: String
  /// What the experiment and the figure say of every place.
  var base: Setting
}

/// A file, or several from one drawing.
enum Product: Sendable {
  case panel(Panel, name: String, style: FigureStyle)
  case plot(Plot)
  case text(String, name: String)
}

/// A figure of an experiment.
struct Figure: Sendable {
  static let kinds: [any FigureKind.Type] = [
    PanelFigure.self, TableFigure.self, CurveFigure.self, UnitFigure.self,
  ]
  private static let keys = ["name", "kind", "title", "caption", "defaults", "compares-models"]

  let name: String
  let title: String
  let caption: String
  let defaults: Setting
  /// Whether it says nothing where one model takes the place of all.
  let comparesModels: Bool
  let kind: any FigureKind

  init(reading value: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    let word = try value.map().required("kind")
    let words = Self.kinds.map { $0.word }
    let text = try word.text()
    guard let type = Self.kinds.first(where: { $0.word == text }) else {
      throw word.error(
        "no kind of figure is called \"\(text)\"\(suggestion(for: text, among: words)) "
          + "(known: \(words.joined(separator: ", ")))")
    }
    let map = try value.map(keys: Self.keys + type.keys)
    name = try map.required("name").fileName()
    title = try map["title"]?.text() ?? ""
    caption = try map["caption"]?.text() ?? ""
    comparesModels = try map["compares-models"]?.bool() ?? false
    if let value = map["defaults"] {
      defaults = try Variation(reading: value, catalogs: catalogs).single(value)
    } else {
      defaults = Setting()
    }
    kind = try type.init(reading: map, of: value, catalogs: catalogs)
  }
}
