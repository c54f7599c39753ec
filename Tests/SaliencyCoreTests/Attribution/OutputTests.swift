import SaliencyCore
import TestSupport
import Testing

/// What the numbers of an output are, and outputs whose classes cannot be explained.
@Suite struct OutputTests {
  private func dense(_ kernel: [Float] = [1, -1, 2, 0.5, 3, -2, 1, 1]) -> Dense {
    Dense(kernel: Tensor(shape: [4, kernel.count / 4], scalars: kernel))
  }

  private func model(_ layers: [(name: String, layer: any Layer)]) throws -> Model {
    try TinyNetworks.chain([2, 2, 1], [("flatten", Flatten())] + layers)
  }

  private func explain(_ model: Model, _ targets: [Target] = [.top]) throws -> AttributionRequest {
    try AttributionRequest(
      model, inputs: TinyNetworks.images(for: model, count: 2).positivePart, targets: targets)
  }

  @Test func theOutputsKind() throws {
    #expect(try model([("logits", dense()), ("end", Softmax())]).outputKind == .softmax)
    #expect(try model([("logits", dense()), ("end", Activation.sigmoid)]).outputKind == .sigmoid)
    #expect(try model([("logits", dense())]).outputKind == .bare)
    #expect(try model([("inner", Activation.sigmoid), ("value", dense([1, 2, 3, 4]))]).outputKind == .bare)
  }

  @Test func onlyASoftmaxOrSigmoidGivesProbabilities() throws {
    #expect(try explain(model([("logits", dense()), ("end", Softmax())])).probabilities?.count == 2)
    #expect(try explain(model([("logits", dense()), ("end", Activation.sigmoid)])).probabilities?.count == 2)
    #expect(try explain(model([("value", dense([1, 2, 3, 4]))])).probabilities == nil)
  }

  /// A map of class scores, with the softmax over its channels or without, and the same map in a row.
  @Test func aMapIsNoRowOfClasses() throws {
    let map = Conv2D(kernel: Tensor(repeating: 0.5, shape: [1, 1, 3, 2]))
    for end in [[], [("end", Softmax())], [("end", Softmax()), ("flat", Flatten())]]
      as [[(String, any Layer)]]
    {
      let model = try TinyNetworks.chain(
        [4, 6, 3], [(name: "map", layer: map)] + end.map { (name: $0.0, layer: $0.1) }, name: "dense")
      let error = #expect(throws: TargetError.self) { try explain(model, [.index(1)]) }
      #expect(error?.description.hasPrefix("dense: output \"") == true)
      #expect(error?.description.contains("has shape (4, 6, 2), wanted one row of class scores") == true)
    }
    #expect(
      try #require(try? TinyNetworks.chain([4, 6, 3], [("map", map)], name: "dense")).anyTarget
        == .position([0, 0, 0]))
    let single = try TinyNetworks.chain([1, 1, 3], [("scores", map)])
    #expect(try explain(single).targets.count == 2, "a map of one position is a row")
  }

  @Test func anOutputWithNaNIsAnErrorThatNamesIt() throws {
    for targets in [[Target.top], [.index(0)], [.label("b")]] {
      var model = try model([("scores", dense([1, .nan, 2, .nan, 3, .nan, 1, .nan])), ("end", Softmax())])
      model.labels = ["a", "b"]
      let error = #expect(throws: TargetError.self) { try explain(model, targets) }
      #expect(
        error?.description
          == "chain: output \"scores\" is NaN for 1 of 2 classes, wanted numbers. Check the preprocessing, and the "
          + "weights for NaN and infinity")
    }
  }
}
