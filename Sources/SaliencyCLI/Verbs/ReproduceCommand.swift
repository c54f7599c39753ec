internal import ArgumentParser
internal import Bench
internal import Figures
internal import Foundation
internal import Imaging
internal import ModelLibrary

/// `saliency reproduce`: figures of papers, from their declarations.
struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Makes the figures of papers again, with the bundled models and images or with yours.",
    discussion: """
      Without a name, the names are listed. Example, all of them, and one with a network and photographs of yours:
        saliency reproduce --all --output figures
        saliency reproduce everyday-objects --model squeezenet.h5 --preprocessing "caffe(104,117,123)" \\
          --labels labels.txt --images photographs
        saliency reproduce selvaraju-2017 --model squeezenet.h5 --preprocessing "caffe(104,117,123)" \\
          --labels labels.txt --images cat_dog.png --target boxer --target "tiger cat"
      """)

  @Argument(
    help: ArgumentHelp(
      "What to reproduce: names, or paths of experiment.yaml files of your own.", valueName: "name"))
  var names: [String] = []

  @Flag(help: "Reproduces everything that comes with the toolkit.")
  var all = false

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("The folder in which each name gets a folder.", valueName: "folder"),
    completion: .directory)
  var output = "results/reproduced"

  @Option(
    help: ArgumentHelp(
      "How pictures are written: png, pdf, svg; may be given several times.", valueName: "format"),
    transform: { try choice($0) })
  var format: [FigureFormat] = [.png, .pdf]

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
      "Pictures in place of the bundled ones: PNG or JPEG files, or a folder.", valueName: "image"),
    completion: .file(extensions: ["png", "jpg", "jpeg"]))
  var images: [String] = []

  @Option(
    name: [.customShort("t"), .long],
    help: ArgumentHelp(
      "A class to explain in place of those the figures ask about: its label, its index, top, top2, least. May be given several "
        + "times: where a figure asks about several classes it asks about all of them, otherwise about the first.",
      valueName: "class"))
  var target: [String] = []

  @OptionGroup(title: "The model of --model") var input: InputOptions

  @Flag(help: "Prints what was done as JSON.")
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
    let paths = try chosen()
    guard !paths.isEmpty else { return try list(invocation) }
    let catalogs = invocation.catalogs
    let substitution = Substitution(
      model: model.map(input.request), images: images.isEmpty ? nil : images.map(ImageSource.init(given:)),
      targets: target.map(TargetChoice.init(parsing:)))
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
      "figures", total: makers.reduce(0) { $0 + $1.figureNames.count }, on: invocation.console)
    var done = 0
    for maker in makers {
      let folder = (output as NSString).appendingPathComponent(maker.name)
      try OutputFolder.make(folder)
      let written = try maker.run(
        into: folder, formats: format.map(\.rawValue), store: RunStore(folder: folder)
      ) { figure in
        progress.update(done, current: "\(maker.name), \(figure)")
        done += 1
      }
      let record = ReproductionRecord(
        name: maker.name, folder: folder, files: written.files, remarks: written.remarks)
      records.append(record)
      progress.end()
      report(record, isOnly: makers.count == 1, invocation.console)
    }
    if records.allSatisfy(\.files.isEmpty), let remark = records.first?.remarks.first {
      throw AnswerError(description: remark)
    }
    if json { invocation.console.print(try JSONText.encode(records)) }
  }

  /// Says what was made of one experiment as soon as it is finished.
  private func report(_ record: ReproductionRecord, isOnly: Bool, _ console: Console) {
    // The only remark of all is the command's error.
    if !record.files.isEmpty || !isOnly { record.remarks.forEach(console.note) }
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
