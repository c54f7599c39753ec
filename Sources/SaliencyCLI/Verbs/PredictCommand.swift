internal import ArgumentParser
internal import HDF5
internal import Imaging
internal import ModelLibrary
internal import SaliencyCore

/// `saliency predict`: what the model says about pictures.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Prints the most likely classes of each picture.",
    discussion: """
      Example: saliency predict photos/ --model model.h5 --preprocessing tf --labels labels.txt
      The last line says what values the model is given. If an image cannot be read, the others are done and the exit code \
      is 1.
      """)

  @OptionGroup var pictures: PictureOptions
  @OptionGroup(title: "Model") var model: ModelOptions

  @Option(help: ArgumentHelp("How many classes to print for each picture.", valueName: "count"))
  var top = 5

  @Option(
    help: ArgumentHelp(
      "Writes the numbers the network was given, after resizing and preprocessing, as one dataset for each picture.",
      valueName: "file.h5"))
  var dumpInputs: String?

  @Flag(help: "Prints JSON.")
  var json = false

  func validate() throws {
    guard top > 0 else { throw ValidationError("--top: found \(top), wanted at least 1") }
  }

  func run() throws {
    let console = Invocation.current.console
    let list = try pictures.list()
    if let dumpInputs {
      try InputFiles(images: list.files, model: model.request).refuse(
        outputs: [dumpInputs], of: "--dump-inputs")
    }
    list.remarks.forEach(console.note)
    var desk = try ModelDesk(model.request)
    var warnings = ModelWarnings(console)
    var failures = ImageFailures(total: list.files.count)
    var progress = Progress("images", total: list.files.count, on: console)
    var answers: [Prediction] = []
    var inputs: [(PictureFile, Tensor)] = []
    for (done, file) in list.files.enumerated() {
      progress.update(done, current: file.name)
      let found = try failures.attempt(file) {
        let picture = try pictures.read(file)
        let loaded = try desk.model(for: picture)
        warnings.check(loaded)
        let input = try loaded.transform()(picture)
        return (input, try Prediction(of: file, input, by: loaded, top: top))
      }
      guard let (input, prediction) = found else { continue }
      if dumpInputs != nil { inputs.append((file, input)) }
      answers.append(prediction)
    }
    progress.end()
    try failures.reportIfNoneIsLeft(to: console)
    if let dumpInputs { try Self.dump(inputs, to: dumpInputs) }
    answers.compactMap(\.warning).forEach(console.note)
    let texts = answers.map(\.text) + [answers.first?.input?.text].compactMap(\.self)
    console.print(json ? try JSONText.encode(answers) : texts.joined(separator: "\n\n"))
    try failures.report(to: console)
  }
}

extension PredictCommand {
  /// Writes `/NAME` of shape `[1, H, W, C]` for each picture, its path in the attribute `image`.
  private static func dump(_ inputs: [(PictureFile, Tensor)], to path: String) throws {
    try HDF5Writer.write(to: path) { file in
      for (picture, input) in inputs {
        try input.withUnsafeScalars { try file.dataset(picture.name, shape: input.shape.dimensions, $0) }
        try file.attribute("image", picture.path, of: picture.name)
      }
    }
  }
}

/// The most likely classes of one picture.
private struct Prediction: Encodable {
  struct Entry: Encodable {
    let index: Int
    let label: String?
    let probability: Float?
    let score: Float
  }

  let image: String
  let top: [Entry]
  /// What the model was given.
  let input: InputRecord?
  /// How many scores are NaN, of which output.
  private let missing: Int
  private let classes: Int
  private let output: String
  /// What the numbers are called.
  private let title: String

  private enum CodingKeys: CodingKey { case image, top, input }

  init(of file: PictureFile, _ input: Tensor, by loaded: LoadedModel, top count: Int) throws {
    let model = loaded.model
    let values = try model.values(of: [model.score, model.output], for: input)
    let scores = values[0].scalars
    let probabilities = model.outputKind == .bare ? nil : values[1].scalars
    let ranked = Target.ranking(of: scores)
    missing = scores.count { $0.isNaN }
    classes = scores.count
    output = model.graph[model.score].name
    title = probabilities != nil ? "probability" : scores.count > 1 ? "score" : "output"
    image = file.path
    self.input = loaded.inputRange.map(InputRecord.init)
    top = ranked.prefix(count).map { index in
      Entry(
        index: index, label: model.labels?[index], probability: probabilities?[index], score: scores[index])
    }
  }

  var text: String {
    var table = TextTable(
      .init("", .right), .init(title, .right),
      .init("index", .right), .init("class"))
    for (rank, entry) in top.enumerated() {
      table.add(
        " \(rank + 1)", Decimals.fixed(entry.probability ?? entry.score, 4), "\(entry.index)",
        entry.label ?? "")
    }
    return "\(image)\n\(table.text)"
  }

  /// What is wrong with the scores; nil for nothing.
  var warning: String? {
    missing == 0
      ? nil
      : "warning: \(image): output \"\(output)\" is NaN for \(missing) of \(classes) classes, which are listed last. Check the "
        + "preprocessing, and the weights for NaN and infinity"
  }
}
