internal import ArgumentParser
internal import Bench
internal import Figures
internal import Pipeline
internal import Support

/// `saliency reproduce`: figures of papers, from their declarations.
struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Reproduce figures of papers, with the bundled models and images or with others.",
    discussion: """
      Without a name, the names are listed. Examples: all of them, and some with another model and other images:
        saliency reproduce --all --output figures
        saliency reproduce everyday-objects --model squeezenet.h5 --preprocessing "caffe(104,117,123)" \\
          --labels labels.txt --images photographs
        saliency reproduce selvaraju-2017 --model squeezenet.h5 --preprocessing "caffe(104,117,123)" \\
          --labels labels.txt --images cat_dog.png --target "boxer,tiger cat"
      """)

  @Argument(
    help: ArgumentHelp(
      "The experiments: names, or paths of experiment.yaml files.", valueName: "name"))
  var names: [String] = []

  @Flag(help: "Reproduce every bundled figure.")
  var all = false

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("The folder in which each experiment gets a folder.", valueName: "folder"),
    completion: .directory)
  var output = "results/reproduced"

  @Option(
    help: ArgumentHelp(
      "The formats of figures, separated by commas; may be repeated: png, pdf, svg.", valueName: "list"),
    transform: { text in try ListText.items(of: text).map { try choice($0) as FigureFormat } })
  var format: [[FigureFormat]] = [[.png, .pdf]]

  @Option(
    name: [.customShort("m"), .long],
    help: ArgumentHelp(
      "A model in place of every bundled one: a Keras file, or a folder with a model.yaml.",
      valueName: "model"),
    completion: .file(extensions: ["h5", "keras", "yaml"]))
  var model: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Images in place of the bundled ones: PNG or JPEG files, or a folder.", valueName: "image"),
    completion: .file(extensions: ["png", "jpg", "jpeg"]))
  var images: [String] = []

  @Option(
    name: [.customShort("t"), .long],
    help: ArgumentHelp(
      "Classes to explain in place of those of the figures: a label, an index, top, top2, least. Separated by commas; may be "
        + "repeated. A figure of one class shows the first.",
      valueName: "list"))
  var target: [String] = []

  @Option(help: ArgumentHelp("A seed in place of those of the experiments.", valueName: "number"))
  var seed: UInt64?

  @OptionGroup(title: "Model") var input: InputOptions
  @OptionGroup(title: "Running") var running: RunOptions

  @OptionGroup(title: "Output") var list: ListOptions

  func validate() throws {
    if all, let name = names.first {
      throw ValidationError("--all: \"\(name)\" is given too; give one of them")
    }
    if model == nil, input.isGiven {
      throw ValidationError("options of the model are given without --model")
    }
  }

  func run() throws {
    let console = running.console()
    let invocation = Invocation.current
    let paths = try paths(invocation.catalogs)
    guard !paths.isEmpty else {
      return try list.print(PaperExperiments.all(catalogs: invocation.catalogs).map(ExperimentEntry.init))
    }
    let request = model.map(input.request)
    let reproduction = try Reproduction(
      paths: paths, catalogs: invocation.catalogs,
      substitution: Substitution(
        model: request, images: images.isEmpty ? nil : images.map(ImageSource.init(path:)),
        targets: ListText.items(of: target).map(TargetChoice.init(parsing:))),
      seed: seed)
    let inputs = try InputFiles(model: request, others: paths + reproduction.imageFiles)
    for folder in reproduction.folders(in: output) {
      try inputs.refuse(folder: folder, of: "--output", where: Reproducer.isWritten)
    }
    var progress = Progress("figures", total: reproduction.figureCount, on: console)
    var done = 0
    let records = try reproduction.run(
      into: output, formats: format.flatMap(\.self).map(\.rawValue),
      progress: { experiment, figure in
        progress.update(done, current: "\(experiment), \(figure)")
        done += 1
      },
      finished: { record in
        progress.end()
        // The only remark of all is the command's error.
        if !record.files.isEmpty || paths.count > 1 { record.remarks.forEach(console.remark) }
        if !list.json, !record.files.isEmpty {
          console.print("\(record.folder): \(record.files.joined(separator: ", "))")
        }
      })
    if records.allSatisfy(\.files.isEmpty), let remark = records.first?.remarks.first {
      throw MapError(description: remark)
    }
    if list.json { console.print(try JSONText.encode(records)) }
  }

  /// - Throws: `ValidationError` if nothing has a name.
  private func paths(_ catalogs: Catalogs) throws -> [String] {
    do {
      return try (all ? PaperExperiments.all(catalogs: catalogs).map(\.name) : names).map {
        try PaperExperiments.path(of: $0, catalogs: catalogs)
      }
    } catch {
      throw ValidationError("\(error)")
    }
  }
}

/// One experiment, as it is listed.
private struct ExperimentEntry: ListedEntry {
  let name: String
  let title: String
  let paper: String
  let reproduces: String
  let figures: [String]

  init(_ experiment: Experiment) {
    name = experiment.name
    title = experiment.title ?? ""
    paper = experiment.paper ?? ""
    reproduces = experiment.reproduces ?? ""
    figures = experiment.figureNames
  }

  var heading: String { "\(name): \(title)" }
  var lines: [(name: String, text: String)] {
    [("paper", "\(paper), \(reproduces)"), ("figures", figures.joined(separator: ", "))]
  }
}
