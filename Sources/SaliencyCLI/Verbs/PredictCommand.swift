internal import ArgumentParser
internal import HDF5
internal import Imaging
internal import ModelLibrary
internal import Pipeline
internal import SaliencyCore

/// `saliency predict`: the most likely classes of images.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Print the most likely classes of each image.",
    discussion: """
      Example: saliency predict photos/ --model model.h5 --preprocessing tf --labels labels.txt
      The last line is the range of the model's input. If an image cannot be read, the exit code is 1, and the other images \
      are predicted.
      """)

  @OptionGroup(title: "Images") var images: ImageOptions
  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Running") var running: RunOptions

  @Option(help: ArgumentHelp("How many classes to print for each image.", valueName: "count"))
  var top = 5

  @Option(
    help: ArgumentHelp(
      "Write the model's inputs, after resizing and preprocessing, as one dataset for each image.",
      valueName: "file.h5"))
  var dumpInputs: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard top > 0 else { throw ValidationError("--top: found \(top), wanted at least 1") }
  }

  func run() throws {
    let console = running.console()
    let list = try images.list()
    if let dumpInputs {
      try InputFiles(images: list.files, model: model.request).refuse(
        outputs: [dumpInputs], of: "--dump-inputs")
    }
    list.remarks.forEach(console.remark)
    var provider = try ModelDesk(model.request)
    var warnings = ModelWarnings(console)
    var failures = ImageFailures(total: list.files.count)
    var progress = Progress("images", total: list.files.count, on: console)
    var predictions: [Prediction] = []
    var inputs: [(ImageFile, Tensor)] = []
    for (done, file) in list.files.enumerated() {
      progress.update(done, current: file.name)
      let found = try failures.attempt(file) {
        let image = try Image(contentsOf: file.path, options: images.decoding.options)
        let loaded = try provider.model(for: image)
        warnings.check(loaded)
        let input = try loaded.transform()(image)
        return (input, try Prediction(of: file, input, by: loaded, top: top))
      }
      guard let (input, prediction) = found else { continue }
      if dumpInputs != nil { inputs.append((file, input)) }
      predictions.append(prediction)
    }
    progress.end()
    if predictions.isEmpty { try console.report(failures) }
    if let dumpInputs { try Self.dump(inputs, to: dumpInputs) }
    predictions.compactMap(\.warning).forEach(console.remark)
    let texts = predictions.map(\.text) + [predictions.first?.input?.text].compactMap(\.self)
    console.print(json ? try JSONText.encode(predictions) : texts.joined(separator: "\n\n"))
    try console.report(failures)
  }
}

extension PredictCommand {
  /// Writes `/NAME` of shape `[1, H, W, C]` for each image, its path in the attribute `image`.
  private static func dump(_ inputs: [(ImageFile, Tensor)], to path: String) throws {
    try HDF5Writer.write(to: path) { file in
      for (image, input) in inputs {
        try input.withUnsafeScalars { try file.dataset(image.name, shape: input.shape.dimensions, $0) }
        try file.attribute("image", image.path, of: image.name)
      }
    }
  }
}
