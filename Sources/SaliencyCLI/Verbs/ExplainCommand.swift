internal import ArgumentParser
internal import Foundation
internal import HDF5
internal import Imaging
internal import SaliencyCore

/// `saliency explain`: raw maps as numbers, and overlays to look at.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Writes each method's map of each picture: raw numbers as HDF5, overlays as PNG.",
    discussion: """
      Example: saliency explain cat.png --model scenes-gap --methods grad-cam,gradient --output maps
      writes maps/maps.h5 (float32, every parameter in its attributes) and maps/cat_CLASS_METHOD.png. \
      A method that was asked for by name and cannot explain the model makes the exit code 1; the other maps are \
      written all the same.
      """)

  @OptionGroup(title: "Pictures") var pictures: PictureOptions
  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Question") var question: QuestionOptions
  @OptionGroup(title: "Methods") var methods: MethodOptions

  @OptionGroup(title: "Drawing") var drawing: DrawingOptions

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("The folder to write to; made where it is missing.", valueName: "folder"),
    completion: .directory)
  var output: String

  @Flag(help: "Prints what was done as JSON.")
  var json = false

  func run() throws {
    let invocation = Invocation.current
    let inquiry = Inquiry(
      pictures: pictures, model: model, question: question,
      methods: try methods.selection(from: invocation.methods), console: invocation.console)
    try OutputFolder.make(output)
    let maps = (output as NSString).appendingPathComponent("maps.h5")
    var records: [AnswerRecord] = []
    var leftOut: [LeftOutMethod] = []
    try HDF5Writer.write(to: maps) { file in
      var group = MapsFile()
      leftOut = try inquiry.run { row, answers in
        try group.add(row, decoding: pictures.decode.rawValue, to: file)
        for answer in answers {
          try group.add(answer, to: row, reduction: drawing.reduction(for: answer.method), in: file)
          let map = answer.mapped(reduction: drawing.reduction)
          var record = AnswerRecord(answer, to: row, error: map.reason)
          record.overlay = try writeOverlay(of: answer, to: row)
          records.append(record)
        }
      }
    }
    let summary = ExplainSummary(maps: maps, records: records, leftOut: leftOut)
    invocation.console.print(json ? try JSONText.encode(summary) : summary.text)
    try failWhereAskedForByName(records)
  }

  /// Draws a map over its picture.
  ///
  /// - Returns: The file's path; nil where there is no map, or it means nothing.
  private func writeOverlay(of answer: MethodAnswer, to row: PictureQuestion) throws -> String? {
    guard let map = try? answer.map(reduction: drawing.reduction) else { return nil }
    let name = "\(row.file.name)_\(row.classSlug)_\(PictureQuestion.slug(answer.method.label)).png"
    let path = (output as NSString).appendingPathComponent(name)
    let style = drawing.overlayStyle(for: answer.method)
    try map.rendered(style, over: try drawing.backdrop(of: row)).picture.writePNG(to: path)
    return path
  }

  /// Ends with an error where a method that was named has left a map out, or where there is no map at all.
  private func failWhereAskedForByName(_ records: [AnswerRecord]) throws(AnswerError) {
    let failed = records.filter { $0.error != nil }
    guard let first = failed.first, let reason = first.error else { return }
    guard failed.count == records.count || (methods.methods != nil && methods.methods != "all") else {
      return
    }
    let others =
      failed.count > 1 ? " (and \(failed.count - 1) more of \(records.count) maps are missing)" : ""
    throw AnswerError(description: "\(first.image): \(reason)\(others)")
  }
}

/// What `explain` has written.
struct ExplainSummary: Encodable {
  let maps: String
  let records: [AnswerRecord]
  let leftOut: [LeftOutMethod]

  var text: String {
    let written = records.count { $0.error == nil }
    let overlays = records.count { $0.overlay != nil }
    return
      "\(MethodTable(records: records).text)\(leftOut.text)\n\nwrote \(maps) with \(written) maps, and \(overlays) overlays beside it"
  }
}
