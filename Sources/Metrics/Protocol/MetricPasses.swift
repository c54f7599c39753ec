public import SaliencyCore

/// How many passes through the network a metric's score takes: what plans reckon with before anything is computed.
public struct MetricPasses: Sendable, Equatable {
  /// For each map.
  public var each: Passes
  /// Once for each request, whatever the number of methods.
  public var shared: Passes

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

/// A map that is to be scored, as far as it decides the number of passes.
public struct ScoredMap: Sendable {
  /// How many pixels the network sees.
  public let pixels: Int
  /// How many layers with parameters the score depends on.
  public let layers: Int
  /// What asking the method costs, the forward pass that it shares not counted.
  public let method: Passes

  package init(model: Model, method: any SaliencyMethod) {
    pixels = model.inputShape[0] * model.inputShape[1]
    layers = model.parametricLayerCount
    self.method = method.expectedPasses
  }

  public init(pixels: Int, layers: Int, method: Passes) {
    self.pixels = pixels
    self.layers = layers
    self.method = method
  }

  /// The most that asking the method about another image, class or model costs, forward pass included.
  ///
  /// A method that reads nothing of that forward pass saves it.
  ///
  /// - Parameter times: How often it is asked.
  public func askedAnew(times: Int = 1) -> Passes {
    Passes(forward: times * (1 + method.forward), backward: times * method.backward)
  }
}
