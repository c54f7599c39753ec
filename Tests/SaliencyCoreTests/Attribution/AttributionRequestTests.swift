import SaliencyCore
import TestSupport
import Testing

@Suite struct AttributionRequestTests {
  @Test func oneTargetForAllOrOneForEach() throws {
    let model = try TinyNetworks.gap()
    let images = TinyNetworks.images(for: model, count: 3)
    #expect(try AttributionRequest(model, inputs: images, targets: [.index(2)]).classes == [2, 2, 2])
    #expect(
      try AttributionRequest(model, inputs: images, targets: [.index(0), .index(2), .index(1)]).classes == [
        0, 2, 1,
      ])
    let top = try AttributionRequest(model, inputs: images)
    let scores = top.tape[model.score]
    #expect(top.classes == (0..<3).map { scores.sample($0).indexOfMaximum })
    let error = #expect(throws: TargetError.self) {
      try AttributionRequest(model, inputs: images, targets: [.index(3)])
    }
    #expect(error?.description == "target 3: the model has 3 classes, wanted an index from 0 to 2")
  }

  @Test func scoresAreThoseOfTheTargets() throws {
    let model = try TinyNetworks.gap()
    let images = TinyNetworks.images(for: model, count: 2)
    let request = try AttributionRequest(model, inputs: images, targets: [.index(1), .index(2)])
    let (logits, outputs) = (request.tape[model.score], request.tape[model.output])
    #expect(request.scores == [logits[1], logits[5]])
    #expect(request.probabilities == [outputs[1], outputs[5]])
    let output = try AttributionRequest(
      model, inputs: images, targets: [.index(1), .index(2)], score: .output)
    #expect(output.scores == request.probabilities)
  }

  @Test func theLayerIsNamedOrChosen() throws {
    let model = try TinyNetworks.vgg()
    let images = TinyNetworks.images(for: model, count: 1)
    func layer(_ name: String?) throws -> String? {
      try AttributionRequest(model, inputs: images, layer: name).layer.map { model.graph[$0].name }
    }
    #expect(try layer(nil) == "block2_conv1")
    #expect(try layer("block1_pool") == "block1_pool")
    let error = #expect(throws: GraphError.self) { try layer("block1_pol") }
    #expect(
      error?.description.hasPrefix("no layer is called \"block1_pol\"; did you mean \"block1_pool\"") == true)
  }

  @Test func aRequestAboutOtherImagesKeepsItsClassesAndCounts() throws {
    let model = try TinyNetworks.gap()
    let images = TinyNetworks.images(for: model, count: 2)
    let request = try AttributionRequest(model, inputs: images, targets: [.index(1), .index(2)])
    #expect(request.passes == Passes(forward: 2))
    let other = try request.with(inputs: images * 2)
    #expect(other.classes == [1, 2])
    #expect(other.probabilities?.count == 2)
    _ = try other.inputGradient()
    #expect(request.passes == Passes(forward: 4, backward: 2))
    let single = try AttributionRequest(model, inputs: images.sample(0), targets: [.index(1)])
    #expect(try single.with(inputs: images).classes == [1, 1])
    #expect(try request.with(classIndex: 0).classes == [0, 0])
    #expect(try single.with(inputs: images, targets: request.targets).classes == [1, 2])
  }

  @Test func requestsMadeFromOneShareItsCount() throws {
    let model = try TinyNetworks.gap()
    let images = TinyNetworks.images(for: model, count: 2)
    let request = try AttributionRequest(model, inputs: images)
    let other = try request.with(targets: [.least])
    #expect(other.passes == Passes(forward: 2), "on the same tape, without another pass")
    _ = try other.inputGradient()
    _ = try other.with(inputs: images * 2).inputGradient()
    #expect(request.passes == Passes(forward: 4, backward: 4) && other.passes == request.passes)
    #expect(request.metered().passes == Passes())
  }

  @Test func aMeteredRequestCountsItsOwnPasses() throws {
    let model = try TinyNetworks.gap()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 2))
    let (a, b) = (request.metered(), request.metered())
    _ = try a.inputGradient()
    _ = try b.inputGradient()
    _ = try b.inputGradient()
    #expect(a.passes == Passes(backward: 2))
    #expect(b.passes == Passes(backward: 4))
    #expect(request.passes == Passes(forward: 2))
  }

  /// A linear model: the gradient is the weights, whatever the images.
  @Test func theGradientOfALinearModelIsItsWeights() throws {
    let kernel = Tensor(shape: [4, 2], scalars: [1, 2, 3, 4, 5, 6, 7, 8])
    let model = try TinyNetworks.chain(
      [2, 2, 1], [("flatten", Flatten()), ("score", Dense(kernel: kernel))])
    let images = TinyNetworks.images(for: model, count: 2)
    let request = try AttributionRequest(model, inputs: images, targets: [.index(0), .index(1)])
    let (gradient, matches) = try request.inputGradient()
    #expect(gradient == Tensor(shape: [2, 2, 2, 1], scalars: [1, 3, 5, 7, 2, 4, 6, 8]))
    #expect(matches == 0)
  }

  /// d softmax_t / dz = p_t (1[i = t] - p_i), times the weights.
  @Test func theOutputsGradientGoesThroughTheSoftmax() throws {
    let kernel = Tensor(shape: [1, 2], scalars: [1, -1])
    let model = try TinyNetworks.chain(
      [1, 1, 1], [("flatten", Flatten()), ("logits", Dense(kernel: kernel)), ("softmax", Softmax())])
    let images = Tensor(repeating: 0.3, shape: [1, 1, 1, 1])
    let request = try AttributionRequest(model, inputs: images, targets: [.index(0)], score: .output)
    let p = request.scores[0]
    // z = (x, -x): dp0/dx = p0 (1 - p0) · 1 + p0 (0 - p1) · (-1) = 2 p0 p1.
    #expect(abs(try request.inputGradient().0[0] - 2 * p * (1 - p)) < 1e-6)
  }
}

extension AttributionRequest {
  /// The class of each image.
  fileprivate var classes: [Int?] { targets.map(\.classIndex) }
}
