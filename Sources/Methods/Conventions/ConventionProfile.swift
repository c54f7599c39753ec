public import Configuration
public import SaliencyCore

/// What another toolkit does where toolkits differ, for the methods that it has.
///
/// A profile holds no code: it sets parameters of methods and the choices of `MapConvention`, each of which can be set alone.
/// A method that the toolkit does not have stays as in the paper.
public struct ConventionProfile: Sendable {
  /// What a toolkit does in one method.
  public struct Choice: Sendable {
    /// Parameters in place of the defaults.
    public let parameters: [String: ParameterTree]
    /// How attributions become maps.
    public let map: MapConvention
    /// What is explained of a class; nil for the score before the softmax.
    public let score: ScoreKind?
    /// A remark on what cannot be reproduced.
    public let note: String?

    init(
      _ parameters: [String: ParameterTree] = [:], map: MapConvention = MapConvention(),
      score: ScoreKind? = nil, note: String? = nil
    ) {
      self.parameters = parameters
      self.map = map
      self.score = score
      self.note = note
    }
  }

  /// The name on the command line and in YAML: `captum`.
  public let name: String
  /// The toolkit and the version whose numbers are reproduced: `Captum 0.9.0`.
  public let toolkit: String
  /// The methods that the toolkit has, by identifier.
  public let choices: [String: Choice]

  init(_ name: String, toolkit: String, _ choices: [String: Choice]) {
    self.name = name
    self.toolkit = toolkit
    self.choices = choices
  }

  /// What the papers say: nothing is changed.
  public static let paper = ConventionProfile("paper", toolkit: "the papers", [:])

  /// Every profile, the papers' first.
  public static let all: [ConventionProfile] = [
    .paper, .captum, .pytorchGradCAM, .tfKerasVis, .xplique, .zennit, .pairSaliency, .torchcam, .tfExplain,
  ]

  /// The profile of a name.
  ///
  /// - Throws: `ConfigurationError.unknownName`.
  public static func named(_ name: String) throws(ConfigurationError) -> ConventionProfile {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .unknownName(name, kind: "profile", known: all.map(\.name))
    }
    return found
  }

  /// Whether the toolkit has a method.
  public func has(_ identifier: String) -> Bool { name == Self.paper.name || choices[identifier] != nil }

  /// A catalog that makes methods with the profile's parameters; parameters that are given win.
  public func applied(to catalog: MethodCatalog) -> MethodCatalog {
    catalog.with(presets: choices.mapValues(\.parameters))
  }

  /// How a method's attributions become maps.
  public func map(of method: any SaliencyMethod) -> MapConvention {
    choices[type(of: method).identifier]?.map ?? MapConvention()
  }

  /// What is explained of a class by a method; nil for what is asked for.
  public func score(of method: any SaliencyMethod) -> ScoreKind? {
    choices[type(of: method).identifier]?.score
  }
}

extension ConventionProfile.Choice {
  /// What differs from the paper, one item each: `relu=false`, `map: resize nearest`.
  public var differences: [String] {
    let parameters = parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let choices = [
      map.reduction.map { "channels: \($0.rawValue)" }, map.resize.map { "map resized: \($0.rawValue)" },
      map.normalise.map { "map normalised: \($0.rawValue)" }, map.order.map { "order: \($0.rawValue)" },
      score.map { "explains: \($0.rawValue)" }, note.map { "note: \($0)" },
    ]
    return parameters + choices.compactMap(\.self)
  }
}

extension ConventionProfile: CustomStringConvertible {
  public var description: String { name }
}
