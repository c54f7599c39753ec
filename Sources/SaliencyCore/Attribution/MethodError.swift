/// A method cannot explain a model.
public enum MethodError: Error, Equatable, CustomStringConvertible {
  /// The model does not suit the method.
  case unsuitable(method: String, model: String, reason: String)
  /// The model has no layer with spatial extent.
  case noLayer(method: String, model: String)
  /// The requested layer has no spatial extent.
  case layerIsNoMap(method: String, layer: String, shape: Shape)
  /// The attribution is not finite.
  case notFinite(method: String, where: String)

  /// The reason alone, for output that names method and model already.
  public var reason: String {
    if case .unsuitable(_, _, let reason) = self { return reason }
    return description
  }

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

extension SaliencyMethod {
  /// An error of this method for a model that it cannot explain.
  ///
  /// - Parameter reason: What the model lacks, and which method to use instead.
  public static func unsuitable(for model: Model, _ reason: String) -> MethodError {
    .unsuitable(method: descriptor.title, model: model.name, reason: reason)
  }

  /// Why the method cannot be applied to a model, for output that lists methods; nil if it can.
  ///
  /// It is the reason of the error that `validate(for:)` throws.
  public func unsuitability(for model: Model) -> String? {
    do {
      try validate(for: model)
      return nil
    } catch let error as MethodError {
      return error.reason
    } catch {
      return "\(error)"
    }
  }

  /// Whether the method can be applied to a model.
  public func isSuitable(for model: Model) -> Bool { unsuitability(for: model) == nil }
}
