internal import ArgumentParser
internal import Bench
internal import Figures
internal import Foundation
internal import Imaging
internal import ModelLibrary
internal import Pipeline
internal import Support

/// `saliency reproduce`: figures of papers, from their declarations.
struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Reproduce figures of papers, with the bundled models and images or with other ones.",
    discussion: """
      Without a name, the names are listed. Example, all of them, and one with a network and photographs of yours:
        saliency reproduce --all --output figures
        saliency reproduce everyday-objects --model squeezenet.h5 --preprocessing "caffe(104,117,123)" \\
          --labels labels.txt --images photographs
        saliency reproduce selvaraju-2017 --model squeezenet.h5 --preprocessing "caffe(104,117,123)" \\
          --labels labels.txt --images cat_dog.png --target "boxer,tiger cat"
      """)

  @Argument(
    help: ArgumentHelp(
      "What to reproduce: names, or paths of experiment.yaml files of your own.", valueName: "name"))
  var names: [String] = []

  @Flag(help: "Reproduce every bundled figure.")
  var all = false

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("The folder in which each name gets a folder.", valueName: "folder"),
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
        + "repeated. A figure of several classes shows all of them, another one the first.",
      valueName: "list"))
  var target: [String] = []

  @OptionGroup(title: "Model") var input: InputOptions
  @OptionGroup(title: "Running") var running: RunOptions

  @Flag(help: "Print the summary as JSON.")
  var json = false

  func validate() throws {
    if all, let name = names.first {
      throw ValidationError("--all: \"\(name)\" is given too; give one of them")
    }
    if model == nil, input.isGiven {
      throw ValidationError("options of the model are given without --model")
    }
  }

  func run() throws {
    let invocation = Invocation.current
    let console = running.console()
    let paths = try chosen()
    guard !paths.isEmpty else { return try list(invocation) }
    let catalogs = invocation.catalogs
    let substitution = Substitution(
      model: model.map(input.request), images: images.isEmpty ? nil : images.map(ImageSource.init(given:)),
      targets: ListText.items(of: target).map(TargetChoice.init(parsing:)))
    let makers = try paths.map { try Reproducer(path: $0, catalogs: catalogs, substitution: substitution) }
    let inputs = try InputFiles(
      model: model.map(input.request), others: paths + makers.flatMap(\.imageFiles))
    for maker in makers {
      try inputs.refuse(
        folder: (output as NSString).appendingPathComponent(maker.name), of: "--output",
        where: Reproducer.isWritten)
    }
    var records: [ReproductionRecord] = []
    var progress = Progress(
      "figures", total: makers.reduce(0) { $0 + $1.figureNames.count }, on: console)
    var done = 0
    for maker in makers {
      let folder = (output as NSString).appendingPathComponent(maker.name)
      try OutputFolder.make(folder)
      let written = try maker.run(
        into: folder, formats: format.flatMap(\.self).map(\.rawValue), store: RunStore(folder: folder)
      ) { figure in
        progress.update(done, current: "\(maker.name), \(figure)")
        done += 1
      }
      let record = ReproductionRecord(
        name: maker.name, folder: folder, files: written.files, remarks: written.remarks)
      records.append(record)
      progress.end()
      report(record, isOnly: makers.count == 1, console)
    }
    if records.allSatisfy(\.files.isEmpty), let remark = records.first?.remarks.first {
      throw MapError(description: remark)
    }
    if json { console.print(try JSONText.encode(records)) }
  }

  /// Says what was made of one experiment as soon as it is finished.
  private func report(_ record: ReproductionRecord, isOnly: Bool, _ console: Console) {
    // The only remark of all is the command's error.
    if !record.files.isEmpty || !isOnly { record.remarks.forEach(console.remark) }
    if !json, !record.files.isEmpty { console.print(record.text) }
  }

  /// - Throws: `ValidationError` where nothing has a name.
  private func chosen() throws -> [String] {
    do {
      let catalogs = Invocation.current.catalogs
      return try (all ? PaperExperiments.all(catalogs: catalogs).map(\.name) : names).map {
        try PaperExperiments.path(of: $0, catalogs: catalogs)
      }
    } catch {
      throw ValidationError("\(error)")
    }
  }

  private func list(_ invocation: Invocation) throws {
    let known = PaperExperiments.all(catalogs: invocation.catalogs)
    if json {
      invocation.console.print(try JSONText.encode(known.map(ReproductionEntry.init)))
    } else {
      invocation.console.print(
        known.map(ReproductionEntry.init).map(\.text).joined(separator: "\n"))
    }
  }
}

/// One that can be asked for.
private struct ReproductionEntry: Encodable {
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

  var text: String { "\(name): \(title)\n  \(paper), \(reproduces)" }
}

/// What was made.
private struct ReproductionRecord: Encodable {
  let name: String
  let folder: String
  let files: [String]
  let remarks: [String]

  var text: String { "\(folder): \(files.joined(separator: ", "))" }
}

extension ImageSource {
  /// Pictures as an option names them: a folder, or a file.
  fileprivate init(given path: String) {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    self.init(isThere && isFolder.boolValue ? .folder(path) : .file(path))
  }
}
