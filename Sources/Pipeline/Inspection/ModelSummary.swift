public import Configuration
internal import Imaging
internal import Methods
public import ModelLibrary
public import SaliencyCore
internal import Support

/// The layers, shapes, parameters and settings of a model, and which methods can explain it.
public struct ModelSummary: Sendable, Encodable {
  /// One node of the graph.
  public struct Layer: Sendable, Encodable {
    /// The name.
    public let name: String
    /// The type of the layer.
    public let kind: String
    /// The shape of the output, without the batch axis.
    public let shape: [Int]
    /// The number of parameters.
    public let parameters: Int
    /// The names of the nodes that it reads.
    public let inputs: [String]
  }

  /// An input other than the image.
  public struct Input: Sendable, Encodable {
    /// The name.
    public let name: String
    /// The shape of the output, without the batch axis.
    public let shape: [Int]
  }

  /// Whether a method can explain the model.
  public struct Applicability: Sendable, Encodable {
    /// The identifier of the method.
    public let method: String
    /// Whether the method applies.
    public let applies: Bool
    /// Why not, and what to use instead.
    public let reason: String?
  }

  /// The name.
  public let name: String
  /// The path of the model file.
  public let file: String
  /// The path of the sidecar.
  public let sidecar: String?
  /// The description of the sidecar.
  public let description: String?
  /// The citation of the sidecar.
  public let citation: String?
  /// Facts about the training.
  public let training: [ModelCard.Fact]
  /// The shape of the image input.
  public let input: [Int]
  /// The number of classes.
  public let classes: Int
  /// The labels of the classes.
  public let labels: [String]?
  /// The preprocessing; nil if it is not known.
  public let preprocessing: String?
  /// The range of the input; nil if the preprocessing is not known.
  public let inputValues: InputRecord?
  /// The number of parameters.
  public let parameters: Int
  /// The name of the output node.
  public let output: String
  /// The node that is explained: before the final softmax or sigmoid.
  public let score: String
  /// The kind of the output: `softmax`, `sigmoid`, or `bare`.
  public let outputKind: OutputKind
  /// The explained value, in words.
  public let explainedValue: String
  /// Inputs besides the image.
  public let otherInputs: [Input]
  /// The name of the image input.
  public let imageInput: String
  /// Why no class of the output can be explained.
  public let refusal: String?
  /// The layer of class activation methods.
  public let defaultLayer: String?
  /// Which methods apply.
  public let methods: [Applicability]
  /// The nodes of the graph.
  public let layers: [Layer]

  /// - Parameters:
  ///   - loaded: The model with its sidecar.
  ///   - catalog: The methods to check.
  public init(_ loaded: LoadedModel, methods catalog: MethodCatalog) {
    let (model, graph) = (loaded.model, loaded.model.graph)
    name = model.name
    file = loaded.source.path
    sidecar = loaded.source.cardPath
    description = loaded.card.description
    citation = loaded.card.citation
    training = loaded.card.training
    input = model.inputShape.dimensions
    classes = model.classCount
    labels = model.labels
    preprocessing =
      loaded.card.preprocessing?.description ?? (loaded.beginsWithPreprocessing ? "inside the model" : nil)
    inputValues = loaded.inputRange.map(InputRecord.init)
    parameters = graph.parameterCount
    output = graph[model.output].name
    score = graph[model.score].name
    outputKind = model.outputKind
    explainedValue = model.scoreWords
    otherInputs = graph.inputs.filter { $0 != model.input }.map {
      Input(name: graph[$0].name, shape: graph[$0].shape.dimensions)
    }
    imageInput = graph[model.input].name
    refusal = Self.refusal(model)
    defaultLayer = loaded.layer
    methods = catalog.types.compactMap { type in
      guard let type = type as? any SaliencyMethod.Type else { return nil }
      let reason = type.init().unsuitability(for: model)
      return Applicability(method: type.identifier, applies: reason == nil, reason: reason)
    }
    layers = Self.layers(of: graph)
  }

  private static func refusal(_ model: Model) -> String? {
    do {
      try model.requireClasses()
      return nil
    } catch { return "\(error)" }
  }

  private static func layers(of graph: Graph) -> [Layer] {
    graph.nodes.map { node in
      // A shared layer's parameters are counted where it is used first.
      let parameters = (node.layer as? any ParametricLayer).map { layer in
        node.isFirstUse ? layer.parameterCount : 0
      }
      return Layer(
        name: node.name, kind: node.layer?.kind ?? "Input", shape: node.shape.dimensions,
        parameters: parameters ?? 0, inputs: node.inputs.map { graph[$0].name })
    }
  }
}

extension ModelSummary {
  /// The summary as tables.
  public var text: String { [facts, methodLines, layerTable].joined(separator: "\n\n") }

  private var facts: String {
    var table = TextTable(.init(""), .init(""))
    func add(_ name: String, _ value: String?) { if let value { table.add(name, value) } }
    add("model", name)
    add("file", file)
    add("sidecar", sidecar)
    add("description", description)
    add("citation", citation)
    add("input", "\(Shape(input))" + (otherInputs.isEmpty ? "" : ", \"\(imageInput)\""))
    for other in otherInputs { add("other input", "\(Shape(other.shape)), \"\(other.name)\"") }
    add("preprocessing", preprocessing ?? "not known; give --preprocessing, or write a sidecar")
    add("input range", inputValues?.rangeText)
    add(
      "classes",
      refusal == nil ? "\(classes)" + (labels.map { ": " + Self.shortened($0) } ?? ", without labels") : nil)
    add("parameters", NumberText.grouped(parameters))
    add("output", output)
    add("explained", refusal ?? (score == output ? score : "\(score), \(explainedValue)"))
    add("default layer", defaultLayer.map { "\($0) \(shape(of: $0))" } ?? "none: no layer has spatial extent")
    for fact in training { add("training: \(fact.name)", fact.value) }
    return table.text
  }

  private func shape(of layer: String) -> String {
    layers.first { $0.name == layer }.map { Shape($0.shape).description } ?? ""
  }

  private static func shortened(_ labels: [String]) -> String {
    labels.count <= 10
      ? labels.joined(separator: ", ")
      : labels.prefix(3).joined(separator: "; ") + "; ...; \(labels[labels.count - 1])"
  }

  private var methodLines: String {
    let applying = methods.filter(\.applies).map(\.method)
    let refusals = methods.compactMap { entry in entry.reason.map { "\(entry.method) does not apply: \($0)" }
    }
    return (["methods that apply: \(applying.joined(separator: ", "))"] + refusals).joined(separator: "\n")
  }

  private var layerTable: String {
    var table = TextTable(
      .init("layer"), .init("kind"), .init("output"), .init("parameters", .right), .init("reads"))
    for layer in layers {
      table.add(
        layer.name, layer.kind, "\(Shape(layer.shape))",
        layer.parameters == 0 ? "" : NumberText.grouped(layer.parameters),
        layer.inputs.joined(separator: ", "))
    }
    return table.text
  }
}
