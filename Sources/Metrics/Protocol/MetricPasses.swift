public import SaliencyCore

/// The number of passes through the network for a metric value, from which runs are planned.
public struct MetricPasses: Sendable, Equatable {
  /// For each map.
  public var each: Passes
  /// Once for each request, whatever the number of methods.
  public var shared: Passes

  /// Passes for each map, and passes that all maps of a request share.
  public init(each: Passes = Passes(), shared: Passes = Passes()) {
    self.each = each
    self.shared = shared
  }

  /// A metric that looks at predictions only: passes forward.
  public init(each: Int, shared: Int = 0) {
    self.init(each: Passes(forward: each), shared: Passes(forward: shared))
  }

  /// The same, where all predictions serve every map.
  public init(shared: Int) { self.init(each: 0, shared: shared) }
}

/// The properties of a map from which the number of passes follows.
public struct ScoredMap: Sendable {
  /// How many pixels the network sees.
  public let pixels: Int
  /// How many layers with parameters the score depends on.
  public let layers: Int
  /// The passes of the method, without the shared forward pass.
  public let method: Passes

  package init(model: Model, method: any SaliencyMethod) {
    pixels = model.inputShape[0] * model.inputShape[1]
    layers = model.parametricLayerCount
    self.method = method.expectedPasses(for: model)
  }

  /// A map of a number of pixels, from a method that takes a number of passes.
  public init(pixels: Int, layers: Int, method: Passes) {
    self.pixels = pixels
    self.layers = layers
    self.method = method
  }

  /// The most passes that applying the method to another image, class or model takes, forward pass included.
  ///
  /// A method that reads nothing of that forward pass saves it.
  ///
  /// - Parameter times: How often it is applied.
  public func recomputed(times: Int = 1) -> Passes {
    Passes(forward: times * (1 + method.forward), backward: times * method.backward)
  }
}
