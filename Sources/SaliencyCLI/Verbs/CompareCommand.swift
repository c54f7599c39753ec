internal import ArgumentParser
internal import Figures
internal import Foundation
internal import Imaging
internal import SaliencyCore
internal import Support

/// `saliency compare`: methods side by side in one figure.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Draws one figure: a row for each picture and class, a column for each method.",
    discussion: """
      Example, as figure 1 of the Grad-CAM paper:
        saliency compare cat_dog.png --model model.h5 --target boxer --target "tiger cat"
      Without --methods, usual methods that do not suit the model are left out, with the reason in the summary. A method \
      that was named and cannot explain the model has its reason in its cells. The exit code is 1 if no method can explain \
      the model, or if an image cannot be read: the others are drawn.
      """)

  @OptionGroup(title: "Pictures") var pictures: PictureOptions
  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Request") var request: RequestOptions
  @OptionGroup(title: "Methods") var methods: MethodOptions
  @OptionGroup(title: "Drawing") var drawing: DrawingOptions

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "The figure's file: a name that ends in .png, .pdf or .svg is written as that; a name without a suffix, or a folder, "
        + "means PNG and PDF (default: comparison). May be given several times.",
      valueName: "file"),
    completion: .file(extensions: ["png", "pdf", "svg"]))
  var output: [String] = []

  @Flag(help: "Prints what was done as JSON.")
  var json = false

  func run() throws {
    let invocation = Invocation.current
    let paths = try FigurePaths(output.isEmpty ? ["comparison"] : output)
    let list = try pictures.list()
    try InputFiles(images: list.files, model: model.request).refuse(outputs: paths.all, of: "--output")
    list.remarks.forEach(invocation.console.note)
    let renderer = FigureRenderer(compression: .fast)
    let inquiry = Inquiry(
      pictures: pictures, model: model, request: request,
      methods: try methods.selection(from: invocation.methods),
      console: invocation.console,
      preparation: { renderer.findFonts() })
    var figure = Comparison(drawing: drawing)
    let outcome = try inquiry.run(list.files) { row, answers in try figure.add(row, answers) }
    figure.leftOut = outcome.leftOut
    try paths.write(figure.panel, by: renderer)
    let summary = Summary(
      figures: paths.all, records: figure.records, leftOut: outcome.leftOut,
      failures: outcome.failures.sentences)
    invocation.console.print(json ? try JSONText.encode(summary) : summary.text)
    try outcome.failures.report(to: invocation.console)
    if let reason = figure.onlyFailure { throw AnswerError(description: reason) }
  }

  private struct Summary: Encodable {
    let figures: [String]
    let records: [AnswerRecord]
    let leftOut: [LeftOutMethod]
    /// Images that could not be used, and why.
    let failures: [String]

    var text: String {
      "\(MethodTable(records: records).text)\(leftOut.text)\n\n\(figures.map { "wrote \($0)" }.joined(separator: "\n"))"
    }
  }
}

/// Where a figure goes.
struct FigurePaths {
  private(set) var all: [String] = []

  /// - Throws: `ValidationError` if a name ends in a format that is not written.
  init(_ outputs: [String]) throws(ValidationError) {
    for output in outputs {
      for path in try Self.paths(output) where !all.contains(path) { all.append(path) }
    }
  }

  private static func paths(_ output: String) throws(ValidationError) -> [String] {
    let name = output as NSString
    if output.hasSuffix("/") || RegularFile.problem(at: output) == .directory {
      return ["png", "pdf"].map { name.appendingPathComponent("comparison.\($0)") }
    }
    let suffix = name.pathExtension.lowercased()
    if suffix.isEmpty { return ["png", "pdf"].map { "\(output).\($0)" } }
    guard FigureFormat(rawValue: suffix) != nil else {
      throw ValidationError("--output: found the suffix .\(suffix), wanted .png, .pdf or .svg")
    }
    return [output]
  }

  /// Writes the figure in every format, and makes folders that are missing.
  ///
  /// - Throws: `FigureError`, `FileWriteError`.
  func write(_ panel: Panel, by renderer: FigureRenderer) throws {
    for folder in Set(all.map(\.enclosingFolder)) where !folder.isEmpty { try OutputFolder.make(folder) }
    try renderer.write(panel, to: all)
  }
}
