internal import ArgumentParser
internal import Configuration
internal import ModelLibrary
internal import Pipeline
internal import SaliencyCore
internal import Support

/// `saliency time`: the time and memory of forward passes and methods.
struct TimeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "time",
    abstract: "Measure the time and the peak memory of forward passes and methods.",
    discussion: """
      Without files: architectures of keras.applications and SqueezeNet with random weights. Nothing is downloaded.
        saliency time --models vgg16,resnet50,squeezenet --threads 2
        saliency time model.h5 --methods all
      Rows: \(TimedRow.standardNames.joined(separator: ", ")). A row is the time from one image to its \
      map, forward pass included; six applies six methods to one image and class with one forward pass.
      """)

  @Argument(
    help: ArgumentHelp("Keras files, or names as for --models.", valueName: "file"),
    completion: .file(extensions: ["h5", "keras", "yaml"]))
  var files: [String] = []

  @Option(
    help: ArgumentHelp(
      "Names separated by commas; may be repeated: built-in architectures (random weights), bundled models, or files "
        + "(default: vgg16,resnet50,squeezenet).", valueName: "list"))
  var models: [String] = []

  @Option(
    help: ArgumentHelp("Rows, separated by commas; may be repeated (default: all).", valueName: "list"))
  var rows: [String] = []

  @Option(
    help: ArgumentHelp(
      "Methods to time in place of the usual rows: a list separated by commas, or all; may be repeated.",
      valueName: "list"))
  var methods: [String] = []

  @Option(help: ArgumentHelp("The number of SmoothGrad's samples.", valueName: "n"))
  var samples = 50

  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp("How often each row is timed after its warm-up.", valueName: "n"))
  var repeats = 5

  @OptionGroup(title: "Model (a file, or bundled)") var input: InputOptions
  @OptionGroup(title: "Running") var running: RunOptions

  @Flag(help: "Print JSON: seconds and bytes.")
  var json = false

  func validate() throws {
    for (name, value) in [("samples", samples), ("repeat", repeats)] where value < 1 {
      throw ValidationError("--\(name): found \(value), wanted at least 1")
    }
  }

  func run() throws {
    let console = running.console()
    let (timed, chosen) = (try timedModels(), try timedRows())
    var report = try TimingReport(samples: samples, repeats: repeats)
    var progress = Progress("rows", total: timed.count * chosen.count, on: console)
    for (m, model) in timed.enumerated() {
      for (r, row) in chosen.enumerated() {
        progress.update(m * chosen.count + r, current: "\(model.name):\(row.name)")
        if let timing = try Timing.measure(row, of: model, repeating: repeats) { report.rows.append(timing) }
      }
    }
    progress.end()
    console.print(json ? try JSONText.encode(report) : report.text)
  }

  private func timedModels() throws -> [TimedModel] {
    let all = files + ListText.items(of: models)
    let timed = (all.isEmpty ? ["vgg16", "resnet50", "squeezenet"] : all).map {
      TimedModel(input.request(for: $0))
    }
    guard !input.isGiven || !timed.allSatisfy(\.isRandom) else {
      throw ValidationError(
        "options of the model are given, and no model is a file: built-in architectures have random weights; name a file"
      )
    }
    return timed
  }

  private func timedRows() throws -> [TimedRow] {
    let standard = TimedRow.standard(samples: samples)
    var chosen: [TimedRow] = []
    for name in ListText.items(of: rows) {
      guard let row = standard.first(where: { $0.name == name }) else {
        throw ValidationError(
          "--rows: no row is called \"\(name)\"\(suggestion(for: name, among: TimedRow.standardNames)) "
            + "(rows: \(TimedRow.standardNames.joined(separator: ", ")))")
      }
      chosen.append(row)
    }
    if !methods.isEmpty {
      chosen += try MethodOptions.parse(methods, Invocation.current.methods).map(TimedRow.init(of:))
    }
    return chosen.isEmpty ? standard : chosen
  }
}
