internal import Configuration
internal import Figures
internal import ModelLibrary
internal import SaliencyCore
internal import Support

/// A way to make a figure from settings: a kind is one file, and a line in `Figure.kinds`.
protocol FigureKind: Sendable {
  /// The value of `kind` in an experiment.
  static var word: String { get }
  /// The keys it takes besides those of every figure.
  static var keys: [String] { get }
  /// - Throws: `YAMLError` with the line of the error.
  init(reading map: YAMLMap, of value: YAMLValue, catalogs: Catalogs) throws(YAMLError)
  /// Makes the figure's files.
  ///
  /// - Throws: Why there is none at all; what goes wrong in one place of a figure is said in that place.
  func make(_ frame: FigureFrame, in context: FigureContext) throws -> [Product]
}

/// The properties of every kind of figure.
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
  case plot(Plot, name: String)
  case text(String, name: String)
  /// A remark about the files, for the console.
  case remark(String)
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
  /// Whether it compares models, and so has no meaning with a single one.
  let comparesModels: Bool
  let kind: any FigureKind
  /// Its text in the experiment, for the canonical form.
  let tree: ParameterTree
  let origin: Origin

  init(reading value: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    var problems = YAMLProblems()
    (tree, origin) = (value.parameters, value.origin)
    let type = try Self.kind(of: value, &problems)
    let map = try problems.map(value, keys: Self.keys + type.keys)
    name = problems.read(try map.required("name").fileName()) ?? ""
    title = problems.readIfPresent(try map["title"]?.text()) ?? ""
    caption = problems.readIfPresent(try map["caption"]?.text()) ?? ""
    comparesModels = problems.readIfPresent(try map["compares-models"]?.bool()) ?? false
    let defaults = problems.readIfPresent(
      try map["defaults"].map { value throws(YAMLError) in
        try Variation(reading: value, catalogs: catalogs).single(value)
      })
    self.defaults = defaults ?? Setting()
    let kind = problems.read(try type.init(reading: map, of: value, catalogs: catalogs))
    try problems.check()
    guard let kind else { throw value.wanted("a figure") }
    self.kind = kind
  }

  /// The kind that a figure names, or the nearest one, with the error noted.
  ///
  /// - Throws: `YAMLError` where none is near: nothing is known of the other keys then.
  private static func kind(
    of value: YAMLValue, _ problems: inout YAMLProblems
  ) throws(YAMLError) -> any FigureKind.Type {
    let word = try value.map().required("kind")
    let text = try word.text()
    if let kind = kinds.first(where: { $0.word == text }) { return kind }
    let words = [OverviewFigure.word] + kinds.map { $0.word }
    let error = word.error(
      "no kind of figure is called \"\(text)\"\(suggestion(for: text, among: words)) "
        + "(known: \(words.joined(separator: ", ")))")
    guard let near = nearest(to: text, in: words).first, let kind = kinds.first(where: { $0.word == near })
    else { throw error }
    problems.note(error)
    return kind
  }
}
