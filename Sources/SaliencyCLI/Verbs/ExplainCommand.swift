internal import ArgumentParser
internal import Pipeline
internal import Support

/// `saliency explain`: maps as numbers and as overlays.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Write the map of each method for each image: numbers as HDF5, overlays as PNG.",
    discussion: """
      Example: saliency explain cat.png --model scenes-gap --methods grad-cam,gradient --output maps
      writes maps/maps.h5 (float32, every parameter in its attributes) and maps/cat_CLASS_METHOD.png. The exit code is 1 if \
      a method that is named cannot explain the model, or if an image cannot be read; the other maps are written. A second \
      run with the same folder replaces maps.h5 and removes the overlays of the first.
      """)

  @OptionGroup var options: PipelineOptions

  @OptionGroup(title: "Output") var output: Output

  struct Output: ParsableArguments {
    @Option(
      name: [.customShort("o"), .long],
      help: ArgumentHelp("The folder to write to; made if it is missing.", valueName: "folder"),
      completion: .directory)
    var output: String

    @Flag(help: "Print the summary as JSON.")
    var json = false
  }

  func run() throws {
    let console = options.running.console()
    let list = try options.images.list()
    let pipeline = try options.pipeline(for: list.files)
    let inputs = try InputFiles(images: list.files, model: options.model.request)
    let folder = MapsFolder(output.output)
    try inputs.refuse(outputs: [folder.maps], of: "--output")
    try inputs.refuse(folder: output.output, of: "--output") {
      folder.isOverlay($0, of: list.files, by: pipeline.methods.all)
    }
    list.remarks.forEach(console.remark)
    try OutputFolder.make(output.output)
    let earlier = folder.overlays
    let (records, outcome) = try console.watch { handlers in
      try folder.write(
        list.files, by: pipeline, drawing: options.mapDrawing, provenance: .digests, handlers: handlers)
    }
    let kept = Set(records.compactMap(\.overlay))
    let removed = folder.remove(earlier.filter { !kept.contains($0) && !inputs.contains($0) })
    let summary = Summary(
      maps: folder.maps, records: records, leftOut: outcome.unsuitable, removed: removed,
      failures: outcome.failures.sentences)
    console.print(output.json ? try JSONText.encode(summary) : summary.text)
    try console.report(outcome.failures)
    try checkNamedMethods(records)
  }

  /// - Throws: `MapError` if a map of a named method is missing, or if there is no map at all.
  private func checkNamedMethods(_ records: [ResultRecord]) throws(MapError) {
    let failed = records.filter { $0.error != nil }
    guard let first = failed.first, let reason = first.error else { return }
    guard failed.count == records.count || options.methods.areNamed else { return }
    let others =
      failed.count > 1 ? " (and \(failed.count - 1) more of \(records.count) maps are missing)" : ""
    throw MapError(description: "\(first.image): \(reason)\(others)")
  }

  private struct Summary: Encodable {
    let maps: String
    let records: [ResultRecord]
    let leftOut: [UnsuitableMethod]
    /// Overlays of an earlier run that were removed.
    let removed: [String]
    /// Images that could not be used, and why.
    let failures: [String]

    var text: String {
      let written = records.count { $0.error == nil }
      let overlays = records.count { $0.overlay != nil }
      let old = removed.isEmpty ? "" : "; removed \(removed.count) overlays of an earlier run"
      return
        "\(records.summary)\(leftOut.text)\n\nwrote \(maps) with \(written) maps, and \(overlays) overlays beside it\(old)"
    }
  }
}
