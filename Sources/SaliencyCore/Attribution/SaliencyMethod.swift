public import Configuration

/// A way to say which parts of an image a network's score rests on.
///
/// To add a method: a `Codable` struct whose stored properties are its parameters, a `descriptor`, and
/// `attribution(for:)`. See `Guides/WritingAMethod.md`.
public protocol SaliencyMethod: Configurable {
  /// Name, paper, family, and how its maps are read.
  static var descriptor: MethodDescriptor { get }

  /// The answer for every image of the request, at the resolution the method works at.
  ///
  /// The answer for an image does not depend on the others in the batch.
  /// - Throws: `MethodError` where the model does not suit the method; `GraphError`.
  func attribution(for request: AttributionRequest) throws -> Attribution

  /// How channels are reduced to a map unless the user says otherwise.
  var reduction: ChannelReduction { get }

  /// Why the method cannot be applied to a model, and what to use instead; nil where it can.
  func mismatch(with model: Model) -> String?

  /// How many passes through the network an answer takes beyond the request's forward pass: one back unless the method says
  /// otherwise.
  ///
  /// Plans reckon with it; a wrong number changes no result.
  var expectedPasses: Passes { get }

  /// What the method reads of the request's forward pass.
  ///
  /// It follows from the protocol that the method conforms to (`RuleBasedMethod`, `ClassActivationMethod`, `GradientMethod`)
  /// and from the family in its descriptor: controls and perturbation methods make no backward pass. For any other method
  /// everything is saved.
  func reach(in model: Model) -> Reach
}

extension SaliencyMethod {
  public static var identifier: String { descriptor.identifier }
  public var reduction: ChannelReduction { Self.descriptor.reduction }
  public func mismatch(with model: Model) -> String? { nil }
  public var expectedPasses: Passes { Passes(backward: 1) }
  public func reach(in model: Model) -> Reach {
    switch Self.descriptor.family {
    case .control, .perturbation: .layer
    default: .values
    }
  }
}

/// What a method says of itself.
public struct MethodDescriptor: Sendable {
  /// The name to ask for it by: `grad-cam`.
  public let identifier: String
  /// The name to print: `Grad-CAM`.
  public let title: String
  public let family: MethodFamily
  /// Authors, year, and arXiv number or DOI.
  public let paper: String
  /// What it needs of a model beyond a differentiable score, in words; empty for nothing.
  public let needs: String
  public let reduction: ChannelReduction
  /// Whether the sign of the reduced map means something (evidence for and against).
  public let isSigned: Bool

  public init(
    _ identifier: String, title: String, family: MethodFamily, paper: String, needs: String = "",
    reduction: ChannelReduction = .maxAbs, isSigned: Bool = false
  ) {
    self.identifier = identifier
    self.title = title
    self.family = family
    self.paper = paper
    self.needs = needs
    self.reduction = reduction
    self.isSigned = isSigned
  }
}

/// The kinds of method, by where their maps come from.
public enum MethodFamily: String, Sendable, Codable, CaseIterable {
  /// The gradient with respect to the pixels, or an average of gradients.
  case gradient
  /// A backward pass with another rule for some layers.
  case rule
  /// A weighted sum of the maps of one layer.
  case classActivation = "class activation"
  /// A product of two others.
  case combined
  /// What the score does when parts of the image are covered or changed; no gradient.
  case perturbation
  /// No explanation at all: what any explanation has to beat.
  case control
}

extension Sequence<any SaliencyMethod> {
  /// What these methods together read of a forward pass.
  public func reach(in model: Model) -> Reach { map { $0.reach(in: model) }.max() ?? .layer }
}

/// The methods that can be asked for by name.
public typealias MethodCatalog = Catalog<any SaliencyMethod>

extension MethodCatalog {
  public init(_ types: [any SaliencyMethod.Type]) {
    // One by one: a whole array's conversion asks the runtime about each type, a tenth of a millisecond every time.
    self.init(kind: "method", types: types.map { $0 as any Configurable.Type })
  }

  /// The catalog with more methods at its end.
  public func adding(_ types: any SaliencyMethod.Type...) -> MethodCatalog {
    MethodCatalog(kind: kind, types: self.types + types.map { $0 as any Configurable.Type })
  }

  /// The methods' descriptors, in the order of the list.
  public var descriptors: [MethodDescriptor] {
    types.compactMap { ($0 as? any SaliencyMethod.Type)?.descriptor }
  }
}

/// A method inside another: what makes wrappers such as SmoothGrad `Codable`.
public struct AnyMethod: Sendable, Codable {
  public let method: any SaliencyMethod

  public init(_ method: any SaliencyMethod) { self.method = method }

  /// Decodes a name, or a name with parameters, by the catalog the decoder carries.
  public init(from decoder: any Decoder) throws {
    let tree = try ParameterTree(from: decoder)
    guard let catalog = MethodCatalog.carried(by: decoder) else {
      throw ConfigurationError.syntax("\(tree)", reason: "the decoder carries no catalog of methods")
    }
    method = try catalog.make(tree)
  }

  public func encode(to encoder: any Encoder) throws {
    let parameters = method.parameterTree
    let name = type(of: method).identifier
    try (parameters.isEmpty ? ParameterTree.string(name) : .map([name: .map(parameters)])).encode(to: encoder)
  }
}

/// A request a method cannot answer.
public enum MethodError: Error, Equatable, CustomStringConvertible {
  /// The model does not suit the method.
  case unsuitable(method: String, model: String, reason: String)
  /// The model has no layer with spatial extent.
  case noLayer(method: String, model: String)
  /// The layer that was named is no map.
  case layerIsNoMap(method: String, layer: String, shape: Shape)
  /// The answer is not finite.
  case notFinite(method: String, where: String)

  public var description: String {
    switch self {
    case .unsuitable(let method, let model, let reason):
      return "\(method) cannot explain \(model): \(reason)"
    case .noLayer(let method, let model):
      return "\(method) needs a layer with spatial extent before the score; \(model) has none, "
        + "so use a gradient method such as `gradient`"
    case .layerIsNoMap(let method, let layer, let shape):
      return "\(method): layer \"\(layer)\" has shape \(shape), wanted (height, width, channels); "
        + "`saliency inspect` lists the layers' shapes"
    case .notFinite(let method, let place):
      return
        "\(method): the result is not finite (\(place)); the input or the weights may hold NaN or infinity"
    }
  }
}
