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
      A method that was asked for by name and cannot explain the model makes the exit code 1, and so does an image that \
      cannot be read; the other maps are written all the same. A second run into one folder replaces maps.h5 and removes \
      the overlays that the first one wrote.
      """)

  @OptionGroup(title: "Pictures") var pictures: PictureOptions
  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Request") var request: RequestOptions
  @OptionGroup(title: "Methods") var methods: MethodOptions

  @OptionGroup(title: "Drawing") var drawing: DrawingOptions

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("The folder to write to; made if it is missing.", valueName: "folder"),
    completion: .directory)
  var output: String

  @Flag(help: "Prints what was done as JSON.")
  var json = false

  func run() throws {
    let invocation = Invocation.current
    let selection = try methods.selection(from: invocation.methods)
    let list = try pictures.list()
    let inputs = try InputFiles(images: list.files, model: model.request)
    let folder = ExplainFolder(output)
    try inputs.refuse(outputs: [folder.maps], of: "--output")
    try inputs.refuse(folder: output, of: "--output") {
      folder.isOverlay($0, of: list.files, by: selection.all)
    }
    list.remarks.forEach(invocation.console.note)
    try OutputFolder.make(output)
    let earlier = folder.overlays
    let inquiry = Inquiry(
      pictures: pictures, model: model, request: request, methods: selection, console: invocation.console)
    let (records, outcome) = try write(inquiry, of: list.files, to: folder)
    let kept = Set(records.compactMap(\.overlay))
    let removed = folder.remove(earlier.filter { !kept.contains($0) && !inputs.contains($0) })
    let summary = ExplainSummary(
      maps: folder.maps, records: records, leftOut: outcome.leftOut, removed: removed,
      failures: outcome.failures.sentences)
    invocation.console.print(json ? try JSONText.encode(summary) : summary.text)
    try outcome.failures.report(to: invocation.console)
    try failWhereAskedForByName(records)
  }

  /// Writes the maps and overlays of every image.
  private func write(
    _ inquiry: Inquiry, of files: [PictureFile], to folder: ExplainFolder
  ) throws -> ([AnswerRecord], Inquiry.Outcome) {
    var records: [AnswerRecord] = []
    var outcome = Inquiry.Outcome(failures: ImageFailures(total: files.count))
    try HDF5Writer.write(to: folder.maps) { file in
      var maps = MapsFile()
      outcome = try inquiry.run(files) { row, answers in
        try maps.add(row, decoding: pictures.decode.rawValue, to: file)
        for answer in answers {
          try maps.add(answer, to: row, reduction: drawing.reduction(for: answer.method), in: file)
          let map = answer.mapped(reduction: drawing.reduction)
          var record = AnswerRecord(answer, to: row, error: map.reason)
          record.overlay = try writeOverlay(of: answer, to: row, in: folder)
          if let overlay = record.overlay { try maps.note(overlay: overlay, of: answer, to: row, in: file) }
          records.append(record)
        }
      }
    }
    return (records, outcome)
  }

  /// Draws a map over its image.
  ///
  /// - Returns: The file's path; nil if there is no map, or it means nothing.
  private func writeOverlay(
    of answer: MethodAnswer, to row: ImageRequest, in folder: ExplainFolder
  ) throws -> String? {
    guard let map = try? answer.map(reduction: drawing.reduction) else { return nil }
    let path = folder.overlay(of: answer.method, to: row)
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
  /// Overlays of an earlier run that were removed.
  let removed: [String]
  /// Images that could not be used, and why.
  let failures: [String]

  var text: String {
    let written = records.count { $0.error == nil }
    let overlays = records.count { $0.overlay != nil }
    let old = removed.isEmpty ? "" : "; removed \(removed.count) overlays of an earlier run"
    return
      "\(MethodTable(records: records).text)\(leftOut.text)\n\nwrote \(maps) with \(written) maps, and \(overlays) overlays beside it\(old)"
  }
}
