internal import Foundation
public import Imaging
internal import SaliencyCore
internal import Support

/// What a model's file does not say about itself: the size and the preprocessing of its input, the names of its
/// classes, where it comes from.
///
/// A sidecar holds it: `NAME.yaml` beside `NAME.h5`, or one `model.yaml` beside the weights. All keys are optional:
///
///     name: SqueezeNet 1.1
///     description: ImageNet classifier, 1000 classes
///     weights: squeezenet1.1_imagenet.h5         # beside the sidecar; wanted in a model.yaml
///     architecture: squeezenet.json              # what model.to_json() printed, for files of weights alone
///     input-size: 227                            # or [height, width]
///     preprocessing: caffe(104,117,123)          # none, unit, tf, caffe, torch, rescaling(...)
///     resize: antialiased                        # bilinear, nearest, pillow-bilinear
///     fit: stretch                               # or center-crop
///     labels: imagenet_labels.txt                # or a list of names
///     input: photo                               # which input takes the image, if there are several
///     output: predictions                        # which output to explain, where there are several
///     layer: fire9_concat                        # what class activation methods look at
///     citation: Iandola 2016, arXiv:1602.07360
///     training: { seed: 7, accuracy: 0.97 }      # anything worth knowing, shown by `saliency inspect`
public struct ModelCard: Sendable, Equatable {
  public var name: String?
  public var description: String?
  /// The path of the weights, from the card's folder.
  public var weights: String?
  /// The path of the architecture's JSON, from the card's folder.
  public var architecture: String?
  /// The size of the input in pixels.
  public var inputSize: InputSize?
  /// How bytes become the network's numbers.
  public var preprocessing: Preprocessing?
  /// How images are resized.
  public var resampling: InputTransform.Resampling?
  /// How images of another aspect ratio are fitted.
  public var fit: InputTransform.Fit?
  /// The names of the classes.
  public var labels: [String]?
  /// The input that takes the image, by name.
  public var input: String?
  /// The file that the labels were read from, if they are not in the card itself.
  public var labelsFile: String?
  /// The output that is explained, by name.
  public var output: String?
  /// The layer of class activation methods, by name.
  public var layer: String?
  /// The publication of the model.
  public var citation: String?
  /// What else there is to know, as written, in the order of the file.
  public var training: [Fact] = []

  /// A name and what is known under it.
  public struct Fact: Sendable, Equatable, Codable {
    public let name: String
    public let value: String
  }

  public init() {}

  static let keys = [
    "name", "description", "weights", "architecture", "input-size", "preprocessing", "resize", "fit",
    "labels",
    "input", "output", "layer", "citation", "training",
  ]

  /// Reads a sidecar and the file of labels it names.
  ///
  /// - Throws: `YAMLError` with the line where a key is unknown or a value is not what it should be.
  public init(contentsOf path: String) throws(YAMLError) {
    let root = try YAMLValue(contentsOf: path)
    try self.init(root, folder: path.enclosingFolder)
  }

  init(_ root: YAMLValue, folder: String) throws(YAMLError) {
    let map = try root.map(keys: Self.keys)
    name = try map["name"]?.text()
    description = try map["description"]?.text()
    weights = try map["weights"]?.text()
    architecture = try map["architecture"]?.text()
    inputSize = try map["input-size"].map(InputSize.init(reading:))
    preprocessing = try map["preprocessing"].map { value throws(YAMLError) in
      let text = try value.text()
      do { return try Preprocessing(text) } catch { throw value.error("\(error)") }
    }
    resampling = try map["resize"]?.choice()
    fit = try map["fit"]?.choice()
    if let value = map["labels"] { try readLabels(value, folder: folder) }
    input = try map["input"]?.text()
    output = try map["output"]?.text()
    layer = try map["layer"]?.text()
    citation = try map["citation"]?.text()
    training =
      try map["training"]?.map().entries.map { Fact(name: $0.key, value: "\($0.value.parameters)") } ?? []
  }

  private mutating func readLabels(_ value: YAMLValue, folder: String) throws(YAMLError) {
    if case .list(let items) = value.content {
      var names: [String] = []
      for item in items { names.append(try item.text()) }
      labels = names
      return
    }
    let path = (folder as NSString).appendingPathComponent(try value.text())
    do {
      labels = try ClassLabels.read(path)
      labelsFile = path
    } catch {
      throw value.error("the file of labels: \(error)")
    }
  }
}

extension YAMLValue {
  /// The value as one of the words of an enumeration.
  func choice<Choice: RawRepresentable & CaseIterable>() throws(YAMLError) -> Choice
  where Choice.RawValue == String {
    let text = try text()
    guard let choice = Choice(rawValue: text) else {
      throw wanted(Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }
}
