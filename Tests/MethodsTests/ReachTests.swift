import Configuration
import Methods
import TestSupport
import Testing

@testable import SaliencyCore

/// What a forward pass saves for the methods: enough, so that no pass is made twice and no value is computed twice.
@Suite struct ReachTests {
  static let networks = ["squeeze", "uneven squeeze", "dense", "large"]

  private func network(_ name: String) throws -> WatchedModel {
    switch name {
    case "squeeze": try squeeze(16, 32)
    case "uneven squeeze": try squeeze(20, 12)
    case "dense":
      try WatchedModel(input: [9, 8, 3]) { net in
        try net.convolution("conv", filters: 16)
        try net.add(MaxPool2D(2, 2), named: "pool")
        try net.convolution("conv2", filters: 6)
        try net.add(Flatten(), named: "flatten")
        try net.dense("hidden", units: 19, activation: ReLU())
        try net.dense("predictions", units: 3, activation: Softmax())
      }
    default:
      // The first map is large enough to be pooled in place.
      try WatchedModel(input: [65, 67, 3]) { net in
        try net.convolution("conv", filters: 32)
        try net.add(MaxPool2D(3, 3, strides: (2, 2)), named: "pool")
        try net.convolution("conv2", filters: 3)
        try net.add(GlobalAveragePool2D(), named: "gap")
        try net.add(Softmax(), named: "predictions")
      }
    }
  }

  /// A network that ends as SqueezeNet does, in a rectified map for each class and their means.
  private func squeeze(_ one: Int, _ three: Int) throws -> WatchedModel {
    try WatchedModel(input: [9, 8, 3]) { net in
      try net.convolution("conv1", filters: 8)
      try net.add(MaxPool2D(3, 3, strides: (2, 2)), named: "pool")
      let squeezed = try net.convolution("squeeze", filters: 16)
      let left = try net.convolution("left", filters: one)
      let right = try net.convolution("right", filters: three, after: squeezed)
      try net.add(Concatenate(), named: "expanded", inputs: [left, right])
      try net.convolution("conv10", filters: 3)
      try net.add(GlobalAveragePool2D(), named: "gap")
      try net.add(Softmax(), named: "predictions")
    }
  }

  private func request(_ model: Model, _ reach: Reach, count: Int = 2) throws -> AttributionRequest {
    let images = TinyNetworks.images(for: model, count: count)
    return try AttributionRequest(model, inputs: images, targets: [.index(1)], reach: reach)
  }

  @Test(arguments: MethodContractTests.methods.indices, networks)
  func noMethodMakesARequestRecordAgain(_ index: Int, _ name: String) throws {
    let method = MethodContractTests.methods[index]
    let watched = try network(name)
    guard method.isSuitable(for: watched.model) else { return }
    let reach = method.reach(in: watched.model)
    #expect(reach != .values)
    let near = try request(watched.model, reach)
    let answer = try method.attribution(for: near).values
    #expect(!near.tape.hasRecomputed, "\(method.label)")
    // Nor any of the requests that the method asked in its turn.
    if !MethodContractTests.partial.contains(type(of: method).identifier) {
      #expect(watched.samples == near.passes.forward, "\(method.label)")
    }
    for reach in [Reach.layer, .pixels, .values] {
      let other = try request(watched.model, reach)
      #expect(try method.attribution(for: other).values.isIdentical(to: answer), "\(method.label), \(reach)")
    }
  }

  // MARK: Methods of one's own

  /// A rule that says how much of a signal each unit's input accounts for.
  private static let rules = RuleMap {
    Apply(to: ReLU.self) { signal, step in [signal * step.inputs[0]] }
  }

  /// Declares nothing.
  private struct ValueReader: RuleBasedMethod {
    static let descriptor = MethodDescriptor(
      "value-reader", title: "Reader", family: .gradient, paper: "none")
    func rules(for model: Model) -> RuleMap { ReachTests.rules }
  }

  /// The same without a family's protocol.
  private struct OwnReader: SaliencyMethod {
    static let descriptor = MethodDescriptor("own-reader", title: "Reader", family: .gradient, paper: "none")
    func attribution(for request: AttributionRequest) throws -> Attribution {
      Attribution(try request.inputGradient(rules: ReachTests.rules).0)
    }
  }

  /// Reads values of changed images.
  private struct Changing: SaliencyMethod {
    static let descriptor = MethodDescriptor("changing", title: "Changing", family: .rule, paper: "none")
    func attribution(for request: AttributionRequest) throws -> Attribution {
      let asked = try request.with(inputs: request.inputs * 2)
      let scores = asked.scores
      return Attribution(try asked.inputGradient(rules: ReachTests.rules).0 * scores[0])
    }
  }

  @Test func aRuleThatReadsValuesFindsThem() throws {
    let request = try RuleExample.request(ReLU())
    // The score's weights (1, 1, -1) times the pixels (2, -1, 3).
    #expect(try ValueReader().attribution(for: request).values.scalars == [2, -1, -3])
  }

  @Test func theReachFollowsFromWhatRulesRead() throws {
    let model = try TinyNetworks.gap()
    #expect(ValueReader().reach(in: model) == .values && OwnReader().reach(in: model) == .values)
    #expect(GuidedBackprop().reach(in: model) == .pixels && Gradient().reach(in: model) == .pixels)
    #expect(SmoothGrad(base: ValueReader()).reach(in: model) == .values)
    #expect(GuidedGradCAM().reach(in: model) == .pixels)
    let methods: [any SaliencyMethod] = [GradCAM(), Gradient(), ValueReader()]
    #expect(methods.reach(in: model) == .values && methods.prefix(2).reach(in: model) == .pixels)
  }

  @Test(arguments: networks)
  func aMethodThatReadsValuesMakesNoSecondPass(_ name: String) throws {
    for method in [ValueReader(), OwnReader(), Changing()] as [any SaliencyMethod] {
      let watched = try network(name)
      // As Bench and the command line ask, and as a user of the library does, who says nothing.
      for asked in [
        try request(watched.model, method.reach(in: watched.model)),
        try AttributionRequest(
          watched.model, inputs: TinyNetworks.images(for: watched.model, count: 2), targets: [.index(1)]),
      ] {
        let before = watched.samples
        _ = try method.attribution(for: asked)
        let own = method is Changing ? 2 : 0
        #expect(watched.samples - before == own, "\(type(of: method))")
        #expect(asked.passes == Passes(forward: 2 + own, backward: 2))
      }
    }
  }

  /// A request that was recorded for gradients makes its pass again for values, and counts it.
  @Test(arguments: networks)
  func aSecondPassIsCounted(_ name: String) throws {
    let watched = try network(name)
    let answer = try ValueReader().attribution(for: request(watched.model, .values)).values
    for reach in [Reach.layer, .pixels] {
      let request = try request(watched.model, reach)
      #expect(try ValueReader().attribution(for: request).values.isIdentical(to: answer))
      #expect(request.passes == Passes(forward: 4, backward: 2), "\(reach)")
      // From then on it has everything.
      _ = try ValueReader().attribution(for: request)
      _ = try Gradient().attribution(for: request)
      #expect(request.passes == Passes(forward: 4, backward: 6), "\(reach)")
    }
    #expect(watched.samples == 2 + 4 + 4)
  }

  /// Beside a method that reads everything, another's changed images are recorded for gradients alone.
  @Test func changedImagesSaveWhatTheirReaderReads() throws {
    let watched = try network("squeeze")
    let request = try request(watched.model, .values)
    let asked = try request.with(inputs: request.inputs * 2)
    _ = try asked.inputGradient()
    let relu = try watched.model.graph.find("squeeze")
    if Execution.fusesLayers { #expect(asked.recordedTape?.stored(relu) == nil) }
    #expect(request.tape.stored(relu) != nil)
    #expect(asked.passes == Passes(forward: 4, backward: 2))
  }

  @Test func reachesAreOrdered() { #expect(Reach.layer < .pixels && Reach.pixels < .values) }
}
