internal import ArgumentParser
internal import Bench
internal import Pipeline
internal import Support

/// `saliency tables`: the tables of a run, or parts of them.
struct TablesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tables",
    abstract: "Print the tables of a run, or parts of them.",
    discussion: """
      Examples: saliency tables results/scenes --format latex > tables.tex
        saliency tables results/scenes --model scenes-gap --methods gradient,grad-cam --metrics deletion,insertion
        saliency tables results/scenes --images "two-*"
      The best mean, in bold, and the tests are those of all methods of the run.
      """)

  @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run"), completion: .directory)
  var folder: String

  @OptionGroup(title: "Part of the tables") var part: Part

  struct Part: ParsableArguments {
    @Option(
      name: [.customShort("m"), .long],
      help: ArgumentHelp("Only these models, separated by commas; may be repeated.", valueName: "list"))
    var model: [String] = []

    @Option(
      name: [.customShort("t"), .long],
      help: ArgumentHelp(
        "Only these targets, as the experiment writes them: top, annotated, ...", valueName: "list"))
    var target: [String] = []

    @Option(help: ArgumentHelp("Only these methods and controls.", valueName: "list"))
    var methods: [String] = []

    @Option(help: ArgumentHelp("Only these metrics.", valueName: "list"))
    var metrics: [String] = []

    @Option(
      help: ArgumentHelp(
        "Only these images: names, or patterns such as \"two-*\". Means and tests are then those of these images.",
        valueName: "list"))
    var images: [String] = []

    var selection: TableSelection {
      TableSelection(
        models: ListText.items(of: model), targets: ListText.items(of: target),
        methods: ListText.items(of: methods), metrics: ListText.items(of: metrics),
        images: ListText.items(of: images))
    }
  }

  @Option(
    help: ArgumentHelp(
      "\(TableFormat.allCases.map(\.rawValue).joined(separator: ", ")) (default: markdown).",
      valueName: "format"),
    transform: { try choice($0) })
  var format = TableFormat.markdown

  func run() throws {
    let invocation = Invocation.current
    do {
      let text = try RunFolder(folder).table(
        format, catalogs: invocation.catalogs, selection: part.selection)
      invocation.console.print(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    } catch let error as TableSelectionError {
      throw ValidationError("\(error)")
    }
  }
}
