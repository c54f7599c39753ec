internal import ArgumentParser
internal import Imaging
internal import ModelLibrary
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

  /// What is asked of the library.
  var request: ModelRequest { input.request(for: model) }
}

/// How a model's file is read, and how its input is made from an image: the same for every command that loads a model.
struct InputOptions: ParsableArguments {
  @OptionGroup var weights: ArchitectureOptions

  @Option(
    help: ArgumentHelp(
      "How pixels become the model's input: none (0...255), unit (0...1), tf (-1...1), caffe, torch, or with numbers as in "
        + "caffe(104,117,123) or rescaling(1/127.5,-1), which is x * scale + offset. Needed if no sidecar says it and the model "
        + "does not do it itself.",
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
      "The size of the input, for a model that takes any (default: the picture's own).",
      valueName: "HEIGHTxWIDTH"),
    transform: { try InputSize(argument: $0) })
  var inputSize: InputSize?

  @Option(
    help: ArgumentHelp(
      "How pictures of another size are resized: antialiased (default), bilinear, nearest, or pillow-bilinear as Keras' load_img.",
      valueName: "way"),
    transform: { try choice($0) })
  var resize: InputTransform.Resampling?

  @Option(
    help: ArgumentHelp(
      "How pictures of another shape are made to fit: stretch (default) or center-crop.",
      valueName: "way"),
    transform: { try choice($0) })
  var fit: InputTransform.Fit?

  @Option(
    help: ArgumentHelp(
      "The input that takes the picture, for a model with several (default: the first image that --hold does not name).",
      valueName: "name"))
  var inputLayer: String?

  @Option(
    help: ArgumentHelp(
      "The output to explain, for a model with several.", valueName: "name"))
  var outputLayer: String?

  @Option(
    help: ArgumentHelp(
      "Another input of the model, held at a number: for a model with several inputs. May be repeated.",
      valueName: "NAME=NUMBER"),
    transform: { try HeldInput(argument: $0) })
  var hold: [HeldInput] = []

  /// Whether anything is said at all.
  var isGiven: Bool {
    weights.architecture != nil || preprocessing != nil || labels != nil || inputSize != nil || resize != nil
      || fit != nil || inputLayer != nil || outputLayer != nil || !hold.isEmpty
  }

  /// What is asked of the library, of a model.
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
    request.held = Dictionary(hold.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last })
    return request
  }
}

/// `NAME=NUMBER`.
struct HeldInput {
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
