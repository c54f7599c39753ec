import Methods
import TestSupport
import Testing

@testable import SaliencyCore

/// What questions keep for the methods that say how far they look: enough, and never recorded again.
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

  private func question(_ model: Model, _ reach: Reach, count: Int = 2) throws -> Explanation {
    let images = TinyNetworks.images(for: model, count: count)
    return try Explanation(model, inputs: images, targets: [.index(1)], reach: reach)
  }

  @Test(arguments: MethodContractTests.methods.indices, networks)
  func noMethodMakesAQuestionRecordAgain(_ index: Int, _ name: String) throws {
    let method = MethodContractTests.methods[index]
    let watched = try network(name)
    guard method.mismatch(with: watched.model) == nil else { return }
    #expect(method.reach != .values)
    let near = try question(watched.model, method.reach)
    let answer = try method.attribution(for: near).values
    #expect(!near.tape.isRecordedAgain, "\(method.label)")
    // Nor any of the questions that the method asked in its turn.
    #expect(watched.samples == near.passes.forward, "\(method.label)")
    for reach in [Reach.layer, .pixels, .values] {
      let other = try question(watched.model, reach)
      #expect(try method.attribution(for: other).values.isIdentical(to: answer), "\(method.label), \(reach)")
    }
  }

  // MARK: Methods of one's own

  /// The first part of a rule that says how much of a signal each unit's input accounts for.
  private static let rules = RuleMap {
    Apply(to: ReLU.self) { signal, step in [signal * step.inputs[0]] }
  }

  private struct ValueReader: RuleBasedMethod {
    static let descriptor = MethodDescriptor(
      "value-reader", title: "Reader", family: .gradient, paper: "none")
    var rules: RuleMap { ReachTests.rules }
  }

  private struct DeclaredValueReader: RuleBasedMethod {
    static let descriptor = MethodDescriptor(
      "declared-reader", title: "Reader", family: .gradient, paper: "none")
    var rules: RuleMap { ReachTests.rules }
    var reach: Reach { .values }
  }

  @Test func aRuleThatReadsValuesFindsThem() throws {
    let question = try RuleExample.question(ReLU())
    // The score's weights (1, 1, -1) times the pixels (2, -1, 3).
    #expect(try ValueReader().attribution(for: question).values.scalars == [2, -1, -3])
  }

  @Test(arguments: networks)
  func aMethodThatReadsValuesIsRightWhateverItSays(_ name: String) throws {
    let watched = try network(name)
    let declared = try question(watched.model, DeclaredValueReader().reach)
    let answer = try DeclaredValueReader().attribution(for: declared)
    #expect(!declared.tape.isRecordedAgain && watched.samples == 2)
    for reach in [ValueReader().reach, .layer] {
      let question = try question(watched.model, reach)
      let found = try ValueReader().attribution(for: question)
      #expect(found.values.isIdentical(to: answer.values) && found.matched == answer.matched, "\(reach)")
      #expect(question.tape.isRecordedAgain, "\(reach)")
    }
    // Twice for each of the two that had not said what they read.
    #expect(watched.samples == 2 + 4 + 4)
    let gradient = try Gradient().attribution(for: declared).values
    #expect(!gradient.isIdentical(to: answer.values), "the rule changes the answer")
  }

  @Test func reachesAreOrdered() {
    #expect(Reach.layer < .pixels && Reach.pixels < .values)
    #expect(max(Reach.pixels, DeclaredValueReader().reach) == .values)
  }
}
