internal import ArgumentParser
internal import Figures
internal import Foundation
internal import Imaging
internal import SaliencyCore

/// `saliency compare`: methods side by side in one figure.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Draws one figure: a row for each picture and class, a column for each method.",
    discussion: """
      Example, as figure 1 of the Grad-CAM paper:
        saliency compare cat_dog.png --model model.h5 --target boxer --target "tiger cat"
      Without --methods, usual methods that do not suit the model are left out, with the reason in the summary. A method \
      that was named and cannot explain the model has its reason in its cells; the exit code is 1 only if no method can.
      """)

  @OptionGroup(title: "Pictures") var pictures: PictureOptions
  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Question") var question: QuestionOptions
  @OptionGroup(title: "Methods") var methods: MethodOptions
  @OptionGroup(title: "Drawing") var drawing: DrawingOptions

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "The figure's file. PNG and PDF are always written, side by side; SVG too where the name ends in .svg.",
      valueName: "file"),
    completion: .file(extensions: ["png", "pdf", "svg"]))
  var output = "comparison.png"

  @Flag(help: "Prints what was done as JSON.")
  var json = false

  func run() throws {
    let invocation = Invocation.current
    let paths = try FigurePaths(output)
    let renderer = FigureRenderer(compression: .fast)
    let inquiry = Inquiry(
      pictures: pictures, model: model, question: question,
      methods: try methods.selection(from: invocation.methods),
      console: invocation.console,
      preparation: { renderer.findFonts() })
    var figure = Comparison(drawing: drawing)
    let leftOut = try inquiry.run { row, answers in try figure.add(row, answers) }
    figure.leftOut = leftOut
    try paths.write(figure.panel, by: renderer)
    let summary = Summary(figures: paths.all, records: figure.records, leftOut: leftOut)
    invocation.console.print(json ? try JSONText.encode(summary) : summary.text)
    if let reason = figure.onlyFailure { throw AnswerError(description: reason) }
  }

  private struct Summary: Encodable {
    let figures: [String]
    let records: [AnswerRecord]
    let leftOut: [LeftOutMethod]

    var text: String {
      "\(MethodTable(records: records).text)\(leftOut.text)\n\n\(figures.map { "wrote \($0)" }.joined(separator: "\n"))"
    }
  }
}

/// Where a figure goes.
struct FigurePaths {
  let all: [String]

  /// - Throws: `ValidationError` where the name ends in a format that is not written.
  init(_ output: String) throws {
    let name = output as NSString
    var isDirectory: ObjCBool = false
    let isFolder =
      FileManager.default.fileExists(atPath: output, isDirectory: &isDirectory) && isDirectory.boolValue
    if isFolder || output.hasSuffix("/") {
      all = ["png", "pdf"].map { name.appendingPathComponent("comparison.\($0)") }
      return
    }
    let suffix = name.pathExtension.lowercased()
    guard suffix.isEmpty || FigureFormat(rawValue: suffix) != nil else {
      throw ValidationError("--output: found the suffix .\(suffix), wanted .png, .pdf or .svg")
    }
    let stem = suffix.isEmpty ? output : name.deletingPathExtension
    all = (["png", "pdf"] + (suffix == "svg" ? ["svg"] : [])).map { "\(stem).\($0)" }
  }

  /// Writes the figure in every format, and makes the folder where it is missing.
  ///
  /// - Throws: `FigureError`, `FileWriteError`.
  func write(_ panel: Panel, by renderer: FigureRenderer) throws {
    let folder = all[0].enclosingFolder
    if !folder.isEmpty { try OutputFolder.make(folder) }
    try renderer.write(panel, to: all)
  }
}
