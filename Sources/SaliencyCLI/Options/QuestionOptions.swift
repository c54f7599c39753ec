internal import ArgumentParser
internal import Methods
internal import SaliencyCore

/// What is asked of the model.
struct QuestionOptions: ParsableArguments {
  @Option(
    name: [.customShort("t"), .long],
    help: ArgumentHelp(
      "A class to explain: its label, its index, top for the top prediction, top2 for the second, least for the least likely. May be given several times.",
      valueName: "class"))
  var target: [String] = ["top"]

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

  var targets: [Target] { target.map(Target.init(parsing:)) }
}

/// Which methods answer.
struct MethodOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Methods separated by commas, with parameters in brackets: "grad-cam,smooth-grad(samples=25)"; all for every one \
      (default: \(MethodCatalog.comparedByDefault.joined(separator: ","))). See `saliency methods`.
      """,
      valueName: "list"))
  var methods: String?

  /// The methods asked for, or the default ones; one that is named twice counts once.
  ///
  /// - Throws: `ValidationError` where there is no such method or parameter.
  func chosen(from catalog: MethodCatalog) throws -> [any SaliencyMethod] {
    let text: String
    switch methods {
    case "all": text = catalog.identifiers.joined(separator: ",")
    case let list?: text = list
    case nil:
      text = MethodCatalog.comparedByDefault.filter(catalog.identifiers.contains).joined(separator: ",")
    }
    do {
      var seen = Set<String>()
      return try catalog.parseList(text).filter { seen.insert($0.label).inserted }
    } catch {
      throw ValidationError("--methods: \(error)")
    }
  }
}
