internal import ArgumentParser
internal import Configuration
internal import Methods
internal import SaliencyCore

/// What is asked of the model.
struct RequestOptions: ParsableArguments {
  @Option(
    name: [.customShort("t"), .long],
    help: ArgumentHelp(
      "A class to explain: its label, its index, top for the top prediction (default), top2 for the second, least for the least likely; label:NAME, index:4 and rank:2 have no second reading. May be given several times.",
      valueName: "class"))
  var target: [String] = []

  @Option(
    help: ArgumentHelp(
      "The layer that class activation methods look at (default: the last one with spatial extent before the head, see "
        + "`saliency inspect`).",
      valueName: "name"))
  var layer: String?

  @Option(
    help: ArgumentHelp(
      "What is explained: the class's score before the softmax (pre-softmax, default), or the model's output (output).",
      valueName: "kind"),
    transform: { try choice($0) })
  var score: ScoreKind = .preSoftmax

  /// The targets of a model with these labels; the top prediction if none is given.
  ///
  /// - Throws: `TargetError` if a text is both an index or a rank and a label.
  func targets(labels: [String]?) throws(TargetError) -> [Target] {
    guard !target.isEmpty else { return [.top] }
    return try target.map { text throws(TargetError) in try Target(parsing: text, labels: labels) }
  }
}

/// Which methods answer.
struct MethodOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Methods separated by commas, with parameters in brackets: "grad-cam,smooth-grad(samples=25)"; all for every one \
      (default: \(MethodCatalog.comparedByDefault.joined(separator: ",")), with others in place of those that do not suit the \
      model). See `saliency methods`.
      """,
      valueName: "list"))
  var methods: String?

  /// The methods that are named, or those that suit a model.
  ///
  /// - Throws: `ValidationError` if there is no such method or parameter.
  func selection(from catalog: MethodCatalog) throws -> MethodSelection {
    func known(_ names: [String]) throws -> [any SaliencyMethod] {
      let present = names.filter(catalog.identifiers.contains)
      return present.isEmpty ? [] : try Self.parse(present.joined(separator: ","), catalog)
    }
    switch methods {
    case "all": return .named(try known(catalog.identifiers))
    case let list?: return .named(try Self.parse(list, catalog))
    case nil:
      return .suitable(
        try known(MethodCatalog.comparedByDefault), instead: try known(MethodCatalog.comparedInstead))
    }
  }

  /// The methods of a list; one that is named twice counts once.
  static func parse(_ text: String, _ catalog: MethodCatalog) throws -> [any SaliencyMethod] {
    do {
      var seen = Set<String>()
      return try catalog.parseList(text).filter { seen.insert($0.label).inserted }
    } catch {
      throw ValidationError("--methods: \(error)")
    }
  }
}
