internal import ArgumentParser
internal import Imaging
internal import ModelLibrary
internal import Pipeline
internal import Support

/// Which model, and how it is read.
struct ModelOptions: ParsableArguments {
  @Option(
    name: [.customShort("m"), .long],
    help: ArgumentHelp(
      "A Keras file, a folder with a model.yaml, or the name of a bundled model or of one whose weights were fetched.",
      valueName: "model"),
    completion: .file(extensions: ["h5", "keras", "yaml"]))
  var model: String

  @OptionGroup var input: InputOptions

  /// The model and its options.
  var request: ModelRequest { input.request(for: model) }
}

/// How a model's file is read, and how its input is made from an image: the same for every command that loads a model.
struct InputOptions: ParsableArguments {
  @OptionGroup var weights: ArchitectureOptions

  @Option(
    help: ArgumentHelp(
      "How pixels become the model's input: none (0...255), unit (0...1), tf (-1...1), caffe, torch, or with numbers as in "
        + "caffe(104,117,123) or rescaling(1/127.5,-1), which is x * scale + offset. Needed if no sidecar names it and the model "
        + "has no preprocessing layers.",
      valueName: "form"),
    transform: { try Preprocessing($0) })
  var preprocessing: Preprocessing?

  @Option(
    help: ArgumentHelp(
      "The names of the classes, one a line, or Keras' imagenet_class_index.json.", valueName: "file"),
    completion: .file())
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "The size of the input, for a model that takes any (default: that of the image).",
      valueName: "HEIGHTxWIDTH"),
    transform: { try InputSize(argument: $0) })
  var inputSize: InputSize?

  @Option(
    help: ArgumentHelp(
      "How images of another size are resized: antialiased (default), bilinear, nearest, or pillow-bilinear as Keras' load_img.",
      valueName: "mode"),
    transform: { try choice($0) })
  var resize: InputTransform.Resampling?

  @Option(
    help: ArgumentHelp(
      "How images of another shape are made to fit: stretch (default) or center-crop.",
      valueName: "mode"),
    transform: { try choice($0) })
  var fit: InputTransform.Fit?

  @Option(
    help: ArgumentHelp(
      "The input that takes the image, for a model with several (default: the first image input that --set-input does not name).",
      valueName: "name"))
  var inputLayer: String?

  @Option(
    help: ArgumentHelp(
      "The output to explain, for a model with several.", valueName: "name"))
  var outputLayer: String?

  @Option(
    help: ArgumentHelp(
      "Set an additional input of the model to a constant; separated by commas, may be repeated.",
      valueName: "NAME=NUMBER"),
    transform: { text in try ListText.items(of: text).map { try ConstantInput(argument: $0) } })
  var setInput: [[ConstantInput]] = []

  /// Whether any of the options is given.
  var isGiven: Bool {
    weights.architecture != nil || preprocessing != nil || labels != nil || inputSize != nil || resize != nil
      || fit != nil || inputLayer != nil || outputLayer != nil || !setInput.isEmpty
  }

  /// The request for a model of a name or path.
  func request(for model: String) -> ModelRequest {
    var request = ModelRequest(model)
    request.architecture = weights.architecture
    request.preprocessing = preprocessing
    request.labels = labels
    request.inputSize = inputSize
    request.resampling = resize
    request.fit = fit
    request.input = inputLayer
    request.output = outputLayer
    request.held = Dictionary(
      setInput.flatMap(\.self).map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last })
    return request
  }
}

/// `NAME=NUMBER`.
struct ConstantInput {
  let name: String
  let value: Float

  init(argument: String) throws {
    guard let mark = argument.lastIndex(of: "="), mark > argument.startIndex,
      let value = Float(argument[argument.index(after: mark)...]), value.isFinite
    else { throw ValidationError("found \"\(argument)\", wanted NAME=NUMBER, such as age=0.5") }
    name = String(argument[..<mark])
    self.value = value
  }
}
