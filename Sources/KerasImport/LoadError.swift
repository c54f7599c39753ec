public import HDF5
public import SaliencyCore

/// Why a model could not be loaded: the file, the layer, what was found, what was wanted, what to do.
public enum LoadError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be read, or libhdf5 finds it damaged.
  case file(HDF5Error)
  /// The file is something else than a model.
  case notAModel(file: String, found: String)
  /// A configuration that is no JSON, or not Keras'.
  case badConfiguration(file: String, reason: String)
  /// Weights without an architecture.
  case architectureNeeded(file: String)
  /// A layer of a class that is not supported; `reason` says why where there is a particular one.
  case unsupportedLayer(file: String, layer: String, type: String, reason: String?)
  /// An option of a supported layer that is not supported, or a value that is malformed.
  case unsupportedOption(file: String, layer: String, type: String, option: String)
  /// A layer's weights are not in the file.
  case missingWeights(file: String, layer: String, reason: String)
  /// A weight has not the shape that its layer wants; nil is a size that may be anything.
  case shapeMismatch(file: String, layer: String, weight: String, found: [Int], wanted: [Int?])
  /// The layers do not fit together.
  case graph(file: String, GraphError)
  /// The configuration leaves the size of the input open, so that it has to be given.
  case inputSizeNeeded(file: String, input: String)
  /// A size was given, and the configuration fixes another.
  case inputSizeFixed(file: String, input: String, own: [Int?], found: [Int])
  /// The model has several outputs, of which one has to be named.
  case severalOutputs(file: String, outputs: [String])

  public var description: String {
    switch self {
    case .file(let error): error.description
    case .notAModel(let file, let found):
      "\(file): not a Keras model: found \(found); wanted a .h5 or .keras file that `model.save` has written"
    case .badConfiguration(let file, let reason): "\(file): its model configuration cannot be read: \(reason)"
    case .architectureNeeded(let file):
      "\(file): holds weights without an architecture; give the text that `model.to_json()` printed with "
        + "--architecture, or the name of a built-in one"
    case .unsupportedLayer(let file, let layer, let type, let reason):
      "\(file): layer \"\(layer)\": \(type) is not supported\(reason.map { ": " + $0 } ?? "")"
    case .unsupportedOption(let file, let layer, let type, let option):
      "\(file): layer \"\(layer)\" (\(type)): \(option)"
    case .missingWeights(let file, let layer, let reason): "\(file): layer \"\(layer)\": \(reason)"
    case .shapeMismatch(let file, let layer, let weight, let found, let wanted):
      "\(file): layer \"\(layer)\": \(weight) has shape \(text(found)), wanted \(text(wanted))"
    case .graph(let file, let error): "\(file): \(error)"
    case .inputSizeNeeded(let file, let input):
      "\(file): input \"\(input)\" has no fixed size; give one with --input-size HEIGHTxWIDTH"
    case .inputSizeFixed(let file, let input, let own, let found):
      "\(file): input \"\(input)\" has the fixed size \(size(own)), found \(size(found)) as the size of the input; leave "
        + "out --input-size (or input-size: in the sidecar)"
    case .severalOutputs(let file, let outputs):
      "\(file): the model has \(outputs.count) outputs; name the one to explain with --output-layer: "
        + outputs.joined(separator: ", ")
    }
  }
}

extension LoadError {
  /// What a decoder found wrong, with the file and the layer.
  init(_ error: DecodeError, in layer: LayerConfig, at path: String, file: String) {
    switch error {
    case .option(let option):
      self = .unsupportedOption(file: file, layer: path, type: layer.type, option: option)
    case .malformed(let key, let found, let expected):
      self = .unsupportedOption(
        file: file, layer: path, type: layer.type,
        option: "key \"\(key)\": found \(found), expected \(expected)")
    case .unsupported(let reason):
      self = .unsupportedLayer(file: file, layer: path, type: layer.type, reason: reason)
    }
  }
}

private func size(_ sides: [Int?]) -> String {
  sides.map { $0.map(String.init) ?? "any" }.joined(separator: "x")
}

private func text(_ shape: [Int?]) -> String {
  "(" + shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ") + ")"
}
