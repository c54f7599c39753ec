public import Bench
public import ModelLibrary
internal import SaliencyCore

/// The figures of a paper, declared: which pictures, models, methods, and numbers they are made of.
///
///     name: smilkov-2017
///     title: SmoothGrad
///     paper: Smilkov 2017, arXiv:1706.03825
///     reproduces: figures 3, 4 and 5
///     model: scenes-gap
///     images: scenes-test
///     figures:
///       - name: noise
///         kind: panels
///         rows: { images: [one-000, one-012] }
///         columns:
///           - show: picture
///           - { method: smooth-grad, sweep: { noise: [0, 0.05, 0.1, 0.2] } }
///
/// `Guides/Gallery.md` shows what comes of them and lists every key. A key, name or value that is wrong is an error with its line.
public struct Reproduction: Sendable {
  public let name: String
  public let title: String
  public let paper: String
  /// Which of the paper's figures.
  public let reproduces: String
  let images: [ImageSource]
  let base: Setting
  let figures: [Figure]
  let seed: UInt64

  /// The names of the figures, in order.
  public var figureNames: [String] { figures.map(\.name) }

  private static let keys = [
    "name", "title", "paper", "reproduces", "about", "model", "images", "seed", "figures",
  ]

  /// Reads a YAML file.
  ///
  /// - Throws: `YAMLError` with file and line, and the nearest valid name.
  public init(contentsOf path: String, catalogs: Catalogs) throws(YAMLError) {
    try self.init(YAMLValue(contentsOf: path), catalogs: catalogs)
  }

  /// Reads a text, which `file` names in errors.
  public init(parsing text: String, file: String, catalogs: Catalogs) throws(YAMLError) {
    try self.init(YAMLValue(parsing: text, file: file), catalogs: catalogs)
  }

  private init(_ root: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    var problems = YAMLProblems()
    let map = try problems.map(root, keys: Self.keys)
    name = problems.read(try map.required("name").fileName()) ?? ""
    title = problems.read(try map.required("title").text()) ?? ""
    paper = problems.read(try map.required("paper").text()) ?? ""
    reproduces = problems.read(try map.required("reproduces").text()) ?? ""
    var base = Setting()
    base.model = problems.read(try ModelChoice(reading: map.required("model")))
    self.base = base
    images =
      problems.read(try map.required("images").items().map(reading: ImageSource.init(reading:))) ?? []
    seed = UInt64(problems.readIfPresent(try map["seed"]?.integer(atLeast: 0)) ?? 0)
    let figures = problems.read(
      try map.required("figures").items().map(reading: { value throws(YAMLError) in
        try Figure(reading: value, catalogs: catalogs)
      }))
    self.figures = figures ?? []
    var seen = Set<String>()
    if let twice = self.figures.first(where: { !seen.insert($0.name).inserted }), let list = map["figures"] {
      problems.note(list.error("two figures are called \"\(twice.name)\""))
    }
    try problems.check()
  }

  /// Whether a file declares figures of a paper, as opposed to an experiment for `saliency bench`.
  static func isDeclared(by path: String) -> Bool {
    guard let map = try? YAMLValue(contentsOf: path).map() else { return false }
    return map.entries.contains { $0.key == "reproduces" }
  }
}

extension YAMLValue {
  /// The items of a list that is not empty, or the one value.
  func items() throws(YAMLError) -> [YAMLValue] {
    guard case .list(let items) = content else { return [self] }
    guard !items.isEmpty else { throw error("the list is empty") }
    return items
  }
}
