public import SaliencyCore
public import Support

/// Why a model cannot be found or used: what was asked for, what there is, what to do.
public enum LibraryError: Error, Equatable, CustomStringConvertible {
  /// Neither a file nor a bundled model; `suggestion` is a file with nearly that name.
  case noModel(String, suggestion: String?, bundled: [String])
  /// Something else than a file or a folder, or it cannot be read.
  case noFile(String, FileProblem)
  /// A built-in architecture whose weights have not been fetched.
  case weightsNeeded(String)
  /// Official weights without the layers that give classes.
  case withoutTop(String, architecture: String)
  /// Inputs besides the image, for which there are no values.
  case otherInputs(model: String, inputs: [String])
  /// A folder without a sidecar.
  case folder(String)
  /// Nothing says how the model's input is made from an image.
  case preprocessingNeeded(model: String)
  /// The labels are not as many as the classes.
  case wrongLabelCount(source: String, found: Int, model: String, wanted: Int)
  /// The input is not an image.
  case inputIsNoImage(model: String, shape: Shape)
  /// No input can take the image, for a reason.
  case noImageInput(model: String, reason: String)
  /// A name that no input has.
  case unknownInput(model: String, name: String, known: [String])

  public var description: String {
    switch self {
    case .noModel(let name, let file, let bundled):
      let near = file ?? nearest(to: name, in: bundled).first
      return "\(name): no such file, and no bundled model of this name"
        + (near.map { "; did you mean \"\($0)\"?" } ?? "; wanted a Keras model file")
        + (bundled.isEmpty ? "" : " (bundled: \(bundled.joined(separator: ", ")))")
    case .noFile(let path, let problem):
      return "\(path): \(problem.sentence(wanted: "a Keras model file"))"
    case .weightsNeeded(let name):
      return "\(name): its weights are not on this machine; fetch them with `saliency weights fetch \(name)`"
    case .withoutTop(let path, let name):
      return
        "\(path): found the weights of \(name) without its last layers (include_top=False), which give no classes to "
        + "explain; fetch the whole ones with `saliency weights fetch \(name)`"
    case .otherInputs(let model, let inputs):
      return
        "\(model): besides the image it takes \(inputs.joined(separator: ", ")); set each to a constant, as in "
        + "--set-input \(inputs[0])=0"
    case .folder(let path):
      return
        "\(path): found a directory without a model.yaml, wanted a Keras model file; name the file in it"
    case .preprocessingNeeded(let model):
      return
        "\(model): nothing says how its input is made from an image, and a wrong guess gives wrong answers without "
        + "a word; give what the model was trained with: --preprocessing "
        + "none (0...255), unit (0...1), tf (-1...1), caffe, torch, or with numbers as in caffe(104,117,123) "
        + "or rescaling(1/127.5,-1), or write it into a sidecar beside the model"
    case .wrongLabelCount(let source, let found, let model, let wanted):
      return "\(source): found \(found) labels, wanted \(wanted), one for each class of \(model)"
    case .inputIsNoImage(let model, let shape):
      return "\(model): its input has shape \(shape), wanted an image (height, width, 1 or 3 channels)"
    case .noImageInput(let model, let reason): return "\(model): \(reason)"
    case .unknownInput(let model, let name, let known):
      return "\(model): no input is called \"\(name)\"\(suggestion(for: name, among: known)) "
        + "(inputs: \(known.joined(separator: ", ")))"
    }
  }
}
