internal import Configuration

/// A method as the parameter of another, such as SmoothGrad: makes it `Codable`.
public struct AnyMethod: Sendable, Codable {
  /// The wrapped method.
  public let method: any SaliencyMethod

  /// Wraps a method.
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
    let isForKey = CodingUserInfoKey.isForKey.flatMap { encoder.userInfo[$0] as? Bool } ?? false
    let parameters = isForKey ? method.keyTree : method.parameterTree
    let name = type(of: method).identifier
    try (parameters.isEmpty ? ParameterTree.string(name) : .map([name: .map(parameters)])).encode(to: encoder)
  }
}
