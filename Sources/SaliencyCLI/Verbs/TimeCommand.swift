internal import ArgumentParser
internal import Configuration
internal import ModelLibrary
internal import SaliencyCore
internal import Support

/// `saliency time`: how long attributions take on this machine, and how much memory.
struct TimeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "time",
    abstract: "Times forward passes and methods, with the most memory each takes.",
    discussion: """
      Without files: architectures of keras.applications and SqueezeNet with random weights, so nothing needs downloading.
        saliency time --models vgg16,resnet50,squeezenet --threads 2
        saliency time model.h5 --methods all
      Rows: \(TimedRow.standardNames.joined(separator: ", ")). A row is the whole way from one image to the \
      answer, forward pass included; six asks the six methods about one image and class on one tape.
      """)

  @Argument(
    help: ArgumentHelp("Keras files, or names as for --models.", valueName: "file"),
    completion: .file(extensions: ["h5", "keras", "yaml"]))
  var files: [String] = []

  @Option(
    help: ArgumentHelp(
      "Names separated by commas: built-in architectures (random weights), bundled models, or files "
        + "(default: vgg16,resnet50,squeezenet).", valueName: "list"))
  var models: String?

  @Option(help: ArgumentHelp("Which rows, separated by commas (default: all).", valueName: "list"))
  var rows: String?

  @Option(
    help: ArgumentHelp(
      "Methods to time in rows of their own names, in place of the usual rows: a list, or all.",
      valueName: "list"))
  var methods: String?

  @Option(help: ArgumentHelp("Threads that one layer may use (default: every processor).", valueName: "n"))
  var threads: Int?

  @Option(help: ArgumentHelp("SmoothGrad's noisy copies.", valueName: "n"))
  var samples = 50

  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp("How often each row is timed after its warm-up.", valueName: "n"))
  var repeats = 5

  @OptionGroup(title: "Models that are files, or bundled") var input: InputOptions

  @Flag(help: "Prints JSON: seconds and bytes.")
  var json = false

  func validate() throws {
    for (name, value) in [("threads", threads ?? 1), ("samples", samples), ("repeat", repeats)]
    where value < 1 {
      throw ValidationError("--\(name): found \(value), wanted at least 1")
    }
  }

  func run() throws {
    let console = Invocation.current.console
    let (timed, chosen) = (try timedModels(), try timedRows())
    if let threads { Execution.threads = threads }
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
    let named = models.map { $0.split(separator: ",").map { $0.trimmingPrefix { $0 == " " } } } ?? []
    let all = files + named.map(String.init)
    let timed = (all.isEmpty ? ["vgg16", "resnet50", "squeezenet"] : all).map { TimedModel($0, input: input) }
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
    for name in (rows ?? "").split(separator: ",").map(String.init) {
      guard let row = standard.first(where: { $0.name == name }) else {
        throw ValidationError(
          "--rows: no row is called \"\(name)\"\(suggestion(for: name, among: TimedRow.standardNames)) "
            + "(rows: \(TimedRow.standardNames.joined(separator: ", ")))")
      }
      chosen.append(row)
    }
    if let methods {
      let catalog = Invocation.current.methods
      let list = methods == "all" ? catalog.identifiers.joined(separator: ",") : methods
      chosen += try MethodOptions.parse(list, catalog).map(TimedRow.init(of:))
    }
    return chosen.isEmpty ? standard : chosen
  }
}
