public import Configuration

/// A method that computes saliency maps of a network.
///
/// To add a method: a `Codable` struct whose stored properties are its parameters, a `descriptor`, and
/// `attribution(for:)`. See `Guides/WritingAMethod.md`.
public protocol SaliencyMethod: Configurable {
  /// The method's name, paper, family and reduction.
  static var descriptor: MethodDescriptor { get }

  /// The attribution for every image of the request, at the resolution the method works at.
  ///
  /// The attribution for an image does not depend on the others in the batch.
  /// - Throws: `MethodError` if the model does not suit the method; `GraphError`.
  func attribution(for request: AttributionRequest) throws -> Attribution

  /// How channels are reduced to a map by default.
  var reduction: ChannelReduction { get }

  /// Checks that the method can be applied to a model, before any pass.
  ///
  /// - Throws: `MethodError.unsuitable`, with the reason and another method to use, or `MethodError.noLayer`.
  func validate(for model: Model) throws

  /// The number of passes for one image, without the request's forward pass; one backward pass unless the method declares
  /// otherwise.
  ///
  /// Runs are planned with it; a wrong number changes no result.
  var expectedPasses: Passes { get }

  /// The number of passes for one image of a model, for methods where it depends on the model's sizes; by default
  /// `expectedPasses`.
  func expectedPasses(for model: Model) -> Passes

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
  public func validate(for model: Model) throws {}
  public var expectedPasses: Passes { Passes(backward: 1) }
  public func expectedPasses(for model: Model) -> Passes { expectedPasses }
  public func reach(in model: Model) -> Reach {
    switch Self.descriptor.family {
    case .control, .perturbation: .layer
    default: .values
    }
  }
}

/// The name, paper and properties of a method.
public struct MethodDescriptor: Sendable {
  /// The name on the command line and in YAML: `grad-cam`.
  public let identifier: String
  /// The name to print: `Grad-CAM`.
  public let title: String
  /// The kind of method.
  public let family: MethodFamily
  /// Authors, year, and arXiv number or DOI.
  public let paper: String
  /// What it needs of a model beyond a differentiable score, in words; empty for nothing.
  public let needs: String
  /// How channels are reduced to a map by default.
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
  /// Changes of the score as parts of the image are covered or changed; no gradient.
  case perturbation
  /// A baseline that does not look at the model, which any method should beat.
  case control
}

extension Sequence<any SaliencyMethod> {
  /// What these methods together read of a forward pass.
  public func reach(in model: Model) -> Reach { map { $0.reach(in: model) }.max() ?? .layer }
}

/// A catalog of methods.
public typealias MethodCatalog = Catalog<any SaliencyMethod>

extension MethodCatalog {
  public init(_ types: [any SaliencyMethod.Type]) {
    // One by one: converting a whole array takes 0.1 ms each time.
    self.init(kind: "method", types: types.map { $0 as any Configurable.Type })
  }

  /// The catalog with more methods at its end.
  public func adding(_ types: any SaliencyMethod.Type...) -> MethodCatalog {
    adding(types.map { $0 as any Configurable.Type })
  }

  /// The methods' descriptors, in the order of the list.
  public var descriptors: [MethodDescriptor] {
    types.compactMap { ($0 as? any SaliencyMethod.Type)?.descriptor }
  }
}
