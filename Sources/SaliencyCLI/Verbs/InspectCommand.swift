internal import ArgumentParser
internal import KerasImport
internal import ModelLibrary
internal import SaliencyCore

/// `saliency inspect`: what is in a model's file.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Prints a model's layers, shapes, and parameters, and which methods can explain it.",
    discussion: """
      The layer's names are those that --layer takes: a layer's output includes its activation, NAME.linear is what comes \
      before it.
      """)

  @Argument(
    help: ArgumentHelp(
      "A Keras file, a folder with a model.yaml, or the name of a bundled model.", valueName: "model"),
    completion: .file(extensions: ["h5", "keras", "yaml"]))
  var model: String

  @OptionGroup(title: "Model") var input: InputOptions

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let request = input.request(for: model)
    let invocation = Invocation.current
    do {
      let loaded = try request.load()
      let summary = ModelSummary(loaded, methods: invocation.methods)
      invocation.console.print(json ? try JSONText.encode(summary) : summary.text)
      var warnings = ModelWarnings(invocation.console)
      warnings.check(loaded)
    } catch let error as LoadError {
      // What can be told of the file is told before it is said why it cannot be loaded.
      if let (path, found) = try? request.inspect() {
        let contents = FileContents(found, file: path)
        invocation.console.print(json ? try JSONText.encode(contents) : contents.text)
      }
      throw error
    }
  }
}
