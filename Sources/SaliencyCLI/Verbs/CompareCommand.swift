internal import ArgumentParser
internal import Figures
internal import Imaging
internal import Pipeline

/// `saliency compare`: one figure with a column for each method.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Draw one figure: a row for each image and class, a column for each method.",
    discussion: """
      Example, as figure 1 of the Grad-CAM paper:
        saliency compare cat_dog.png --model model.h5 --target "boxer,tiger cat"
      Without --methods, usual methods that do not suit the model are left out, with the reason in the summary. If a method \
      is named and cannot explain the model, its cells show the reason. The exit code is 1 if no method can explain the model, \
      or if an image cannot be read; the other images are drawn.
      """)

  @OptionGroup var options: PipelineOptions

  @OptionGroup(title: "Output") var output: Output

  struct Output: ParsableArguments {
    @Option(
      name: [.customShort("o"), .long],
      help: ArgumentHelp(
        "The figure's file. A name that ends in .png, .pdf or .svg is written in that format; a name without a suffix, or a "
          + "folder, means PNG and PDF (default: comparison). May be repeated.",
        valueName: "file"),
      completion: .file(extensions: ["png", "pdf", "svg"]))
    var output: [String] = []

    @Flag(help: "Print the summary as JSON.")
    var json = false
  }

  func run() throws {
    let console = options.running.console()
    let paths = try FigurePaths(output.output.isEmpty ? ["comparison"] : output.output)
    let list = try options.images.list()
    try InputFiles(images: list.files, model: options.model.request).refuse(
      outputs: paths.all, of: "--output")
    list.remarks.forEach(console.remark)
    let renderer = FigureRenderer(compression: .fast)
    let pipeline = try options.pipeline(for: list.files)
    // Fonts are found on another thread while the model is read.
    let fonts = BackgroundValue { renderer.findFonts() }
    var figure = ComparisonFigure(drawing: options.mapDrawing)
    let outcome = try console.watch { handlers in
      try pipeline.run(list.files, handlers: handlers) { result in
        do { try figure.add(result) } catch let error as ComparisonFigureError {
          throw ValidationError("\(error)")
        }
      }
    }
    try fonts.value()
    figure.unsuitable = outcome.unsuitable
    try paths.write(figure.panel, by: renderer)
    let summary = Summary(
      figures: paths.all, records: figure.records, leftOut: outcome.unsuitable,
      failures: outcome.failures.sentences)
    console.print(output.json ? try JSONText.encode(summary) : summary.text)
    try console.report(outcome.failures)
    if let reason = figure.onlyFailure { throw MapError(description: reason) }
  }

  private struct Summary: Encodable {
    let figures: [String]
    let records: [ResultRecord]
    let leftOut: [UnsuitableMethod]
    /// Images that could not be used, and why.
    let failures: [String]

    var text: String {
      "\(records.summary)\(leftOut.text)\n\n\(figures.map { "wrote \($0)" }.joined(separator: "\n"))"
    }
  }
}
