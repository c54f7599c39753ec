internal import Configuration
public import SaliencyCore

/// The image without information from which the path of integrated gradients starts.
public enum Baseline: Sendable, Hashable, Codable, CustomStringConvertible {
  /// A black image, as the network is given it: `Model.black`, or zeros if the preprocessing is not known.
  case black
  /// One number for every element, in the preprocessed space.
  case constant(Float)

  /// Decodes `black` or a number.
  ///
  /// - Throws: `ConfigurationError.badParameter` for anything else.
  public init(from decoder: any Decoder) throws {
    switch try ParameterTree(from: decoder) {
    case .string("black"): self = .black
    case .integer(let value): self = .constant(Float(value))
    case .number(let value): self = .constant(Float(value))
    case let other:
      throw ConfigurationError.badParameter(
        of: "baseline", reason: "found \"\(other)\", expected black or a number (of the preprocessed space)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .black: try container.encode("black")
    case .constant(let value): try container.encode(value)
    }
  }

  public var description: String {
    switch self {
    case .black: "black"
    case .constant(let value): "\(value)"
    }
  }

  /// The baseline as a batch of one image for a model.
  public func image(for model: Model) -> Tensor {
    let shape = model.inputShape.batched(1)
    guard case .constant(let value) = self else { return Self.black(model, shape) }
    return Tensor(repeating: value, shape: shape)
  }

  private static func black(_ model: Model, _ shape: Shape) -> Tensor {
    guard let black = model.black, let channels = shape.dimensions.last, black.count == channels else {
      return Tensor(repeating: 0, shape: shape)
    }
    return Tensor(shape: shape) { result in
      for i in 0..<result.count { result[i] = black[i % channels] }
    }
  }
}
