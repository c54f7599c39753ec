internal import ArgumentParser
internal import KerasImport
internal import ModelLibrary
internal import ONNXImport
internal import Pipeline
internal import SaliencyCore

/// `saliency inspect`: the contents of a model file.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Print a model's layers, shapes, and parameters, and which methods can explain it.",
    discussion: """
      The names are those that --layer takes. A layer's output includes its activation; NAME.linear is the value before it.
      """)

  @Argument(
    help: ArgumentHelp(
      "A Keras or ONNX file, a folder with a model.yaml, or the name of a bundled model.", valueName: "model"),
    completion: .file(extensions: ["h5", "keras", "onnx", "yaml"]))
  var model: String

  @OptionGroup(title: "Model") var input: InputOptions

  @OptionGroup(title: "Running") var running: ConsoleOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let request = input.request(for: model)
    let console = running.console
    do {
      let loaded = try request.load()
      let summary = ModelSummary(loaded, methods: Invocation.current.methods)
      console.print(json ? try JSONText.encode(summary) : summary.text)
      var warnings = ModelWarnings(console)
      warnings.check(loaded)
    } catch  where error is LoadError || error is ONNXError {
      // The layers of the file are printed before the error.
      if let (path, found) = try? request.inspect() {
        let contents = FileContents(found, file: path)
        console.print(json ? try JSONText.encode(contents) : contents.text)
      }
      throw error
    }
  }
}
