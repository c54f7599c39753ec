import Methods
import SaliencyCore
import TestSupport
import Testing

@Suite struct GuidedBackpropTests {
  private func values(_ request: AttributionRequest) throws -> [Float] {
    try GuidedBackprop().attribution(for: request).values.scalars
  }

  /// The second unit did not fire, the third has a negative signal: only the first passes.
  @Test func byHand() throws {
    #expect(try values(RuleExample.request(ReLU())) == [1, 0, 0])
    #expect(try Gradient().attribution(for: RuleExample.request(ReLU())).values.scalars == [1, 0, -1])
  }

  /// A unit at exactly 0 did not fire (TorchRay lets it pass).
  @Test func aUnitAtZeroDidNotFire() throws {
    #expect(try values(RuleExample.request(ReLU(), pixels: [0, 1, 1])) == [0, 1, 0])
  }

  /// A unit at its cap of 6 has no gradient; one below it is as any other.
  @Test func aCappedUnitPassesNothing() throws {
    #expect(try values(RuleExample.request(ReLU(maximum: 6), pixels: [2, 7, 3])) == [1, 0, 0])
    #expect(try values(RuleExample.request(ReLU(maximum: 6), pixels: [2, 5, 3])) == [1, 1, 0])
    #expect(try values(RuleExample.request(ReLU(threshold: 2.5), pixels: [2, 5, 3])) == [0, 1, 0])
  }

  /// Named as a layer, fused to one, or inside a nested model: the same numbers.
  @Test(arguments: ["relu", "conv1", "outer/inner/relu", "activation_7"])
  func theNameDoesNotMatter(_ name: String) throws {
    #expect(try values(RuleExample.request(ReLU(), name: name)) == [1, 0, 0])
  }

  /// Layer, fused, ReLU6 and the units after a shared layer: all four of the mixed network are matched.
  @Test func everyReLUOfAMixedNetworkIsMatched() throws {
    let model = try TinyNetworks.mixed()
    let images = TinyNetworks.images(for: model, count: 2) * 8
    let request = try AttributionRequest(model, inputs: images)
    #expect(try GuidedBackprop().attribution(for: request).matched == 4)
    // Some units of the ReLU6 are at the cap, or this says nothing about it.
    let six = request.tape[try model.graph.find("relu6")]
    #expect(six.bounds?.high == 6)
  }

  /// By the definition, node by node, on the mixed network: an independent backward pass over its five joints.
  @Test func agreesWithAPassWrittenOut() throws {
    let model = try TinyNetworks.mixed()
    let request = try AttributionRequest(
      model, inputs: TinyNetworks.images(for: model, count: 1) * 8, targets: [.index(2)])
    let tape = request.tape
    func pulled(_ name: String, _ signal: Tensor) throws -> [Tensor] {
      try #require(tape.step(at: try model.graph.find(name))).pullback(signal)
    }
    func guided(_ name: String, _ signal: Tensor) throws -> Tensor {
      let input = try #require(tape.step(at: try model.graph.find(name))).inputs[0]
      let limit: Float = name == "relu6" ? 6 : .infinity
      return signal.zip(input) { $1 > 0 && $1 < limit && $0 > 0 ? $0 : 0 }
    }
    let seed = Tensor(shape: [1, 3], scalars: [0, 0, 1])
    let pooled = try pulled("gap", try pulled("predictions.linear", seed)[0])[0]
    let joined = try pulled("concatenate", try pulled("mixed.linear", try guided("mixed", pooled))[0])
    let viaSum = try guided("relu6", try pulled("shared_1", joined[0])[0])
    let viaBranch = try pulled("branch.linear", try guided("branch", joined[1]))[0]
    let atRelu = try pulled("shared", viaSum + viaBranch)[0] + joined[0]
    let expected = try pulled("stem", try guided("relu", atRelu))[0]
    #expect(try GuidedBackprop().attribution(for: request).values.relativeError(to: expected) < 1e-6)
    #expect(expected.norm > 0)
  }

  @Test func otherActivationsKeepTheirGradient() throws {
    var net = NetworkBuilder(input: [1, 1, 3])
    try net.add(LeakyReLU(slope: 0.5), named: "leaky")
    try net.add(ReLU(), named: "relu")
    try net.add(Flatten(), named: "flatten")
    try net.add(Dense(kernel: Tensor(shape: [3, 1], scalars: [1, 1, -1])), named: "score")
    let model = net.model(named: "both")
    let request = try AttributionRequest(model, inputs: Tensor(shape: [1, 1, 1, 3], scalars: [2, 1, 3]))
    let answer = try GuidedBackprop().attribution(for: request)
    #expect(answer.values.scalars == [1, 1, 0])
    #expect(answer.matched == 1)
  }

  @Test func aModelWithoutReLUsIsRefused() throws {
    let request = try RuleExample.request(LeakyReLU())
    let error = #expect(throws: GraphError.self) { try GuidedBackprop().attribution(for: request) }
    #expect(
      error?.description
        == "the rule for ReLU matched no layer between the score and the target of the pass (nonlinear layers there: "
        + "1 LeakyReLU), so the result would be the plain gradient; use `gradient`")
    #expect(
      GuidedBackprop().unsuitability(for: request.model)
        == "Guided backprop changes how ReLUs are passed and chain has none (nonlinear layers: 1 LeakyReLU); use "
        + "`gradient`")
  }
}
