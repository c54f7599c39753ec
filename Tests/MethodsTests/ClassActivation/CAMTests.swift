import Methods
import SaliencyCore
import TestSupport
import Testing

@Suite struct CAMTests {
  private func cam(_ model: Model, _ images: Tensor, target: Int = 0) throws -> Tensor {
    try CAM().attribution(for: AttributionRequest(model, inputs: images, targets: [.index(target)])).values
  }

  private func gradCAM(_ model: Model, _ images: Tensor, target: Int, layer: String) throws -> Tensor {
    let request = try AttributionRequest(model, inputs: images, targets: [.index(target)], layer: layer)
    return try GradCAM().attribution(for: request).values
  }

  /// A_0 - 2 A_1 = (1, 2 - 2, -6, 1); the second class reads 5 A_1 = (0, 5, 15, 0).
  @Test func byHand() throws {
    let model = try WorkedExample.pooledModel()
    #expect(try cam(model, WorkedExample.maps).scalars == [1, 0, -6, 1])
    #expect(try cam(model, WorkedExample.maps, target: 1).scalars == [0, 5, 15, 0])
  }

  /// On a network with a pooled head, Grad-CAM is relu(CAM) / (h w), for every class (Selvaraju 2017, section 3.1).
  @Test func gradCAMIsTheRectifiedMeanOfCAM() throws {
    let model = try TinyNetworks.gap()
    let images = TinyNetworks.images(for: model, count: 3)
    for target in 0..<3 {
      let cam = try cam(model, images, target: target)
      let gradCAM = try gradCAM(model, images, target: target, layer: "conv2")
      #expect(gradCAM.relativeError(to: cam.positivePart * (1 / 63)) < 1e-6)
      #expect(cam.negativePart.norm > 0, "or the identity says nothing about the ReLU")
    }
  }

  /// The mean of the map is the score without its bias.
  @Test func theMapAveragesToTheScore() throws {
    let model = try TinyNetworks.gap()
    let images = TinyNetworks.images(for: model, count: 1)
    let request = try AttributionRequest(model, inputs: images, targets: [.index(1)])
    let dense = try #require(model.graph[model.score].layer as? Dense)
    let mean = try CAM().attribution(for: request).values.sum / 63
    #expect(abs(mean - Double(request.scores[0] - (dense.bias?[1] ?? 0))) < 1e-5)
  }

  /// Where the pooled map is the score itself, CAM is the class's own map.
  @Test func classMapsAreTheirOwnAnswer() throws {
    let model = try TinyNetworks.chain(
      [2, 2, 2], [("maps", Identity()), ("gap", GlobalAveragePool2D()), ("softmax", Softmax())])
    #expect(try cam(model, WorkedExample.maps, target: 1).scalars == [0, 1, 3, 0])
  }

  /// Dropout, batch normalisation, a reshape and a second dense layer in the head leave one weight for each map.
  @Test func anyAffineHeadWillDo() throws {
    let normalization = BatchNormalization(
      gamma: Tensor(shape: [2], scalars: [2, 3]), beta: nil, mean: Tensor(shape: [2], scalars: [5, 5]),
      variance: Tensor(repeating: 1, shape: [2]), epsilon: 0)
    let model = try TinyNetworks.chain(
      [2, 2, 2],
      [
        ("maps", Identity()), ("gap", GlobalAveragePool2D(keepsAxes: true)), ("dropout", Identity()),
        ("conv", Conv2D(kernel: Tensor(shape: [1, 1, 2, 2], scalars: [1, 0, 0, -1]))), ("bn", normalization),
        ("reshape", Reshape([2])), ("score", Dense(kernel: Tensor(shape: [2, 1], scalars: [1, 1]))),
      ])
    // 2 A_0 - 3 A_1.
    #expect(try cam(model, WorkedExample.maps).scalars == [2, 1, -9, 2])
  }

  /// Older Keras files pool the whole map with an ordinary average pooling.
  @Test func anAveragePoolingOverTheWholeMapWillDo() throws {
    let model = try WorkedExample.pooledModel(AveragePool2D(2, 2))
    #expect(CAM().isSuitable(for: model))
    #expect(try cam(model, WorkedExample.maps).scalars == [1, 0, -6, 1])
    let partial = try TinyNetworks.chain(
      [3, 3, 2],
      [("maps", ReLU()), ("pool", AveragePool2D(2, 2)), ("flat", Flatten()), ("score", Identity())])
    #expect(CAM().unsuitability(for: partial)?.contains("\"maps\" (ReLU)") == true)
  }

  private func refusal(_ model: Model, score: ScoreKind = .preSoftmax) throws -> String? {
    let images = TinyNetworks.images(for: model, count: 1)
    let request = try AttributionRequest(model, inputs: images, score: score)
    return #expect(throws: MethodError.self) { try CAM().attribution(for: request) }?.description
  }

  @Test func aVGGIsRefusedWithTheAlternative() throws {
    let model = try TinyNetworks.vgg()
    #expect(
      try refusal(model)
        == "CAM cannot explain tiny-vgg: between the last maps and the score is \"fc1\" (ReLU), where CAM needs "
        + "global average pooling and an affine head; use `grad-cam`, which generalises CAM to any head")
    #expect(CAM().unsuitability(for: model)?.hasPrefix("between the last maps") == true)
  }

  @Test func aFlattenedMapIsRefusedWithTheAlternative() throws {
    #expect(
      try refusal(WorkedExample.model())
        == "CAM cannot explain chain: \"flatten\" flattens a map of (2, 2, 2) into a dense head, where CAM needs "
        + "global average pooling; use `grad-cam`, which generalises CAM to any head")
  }

  @Test func theOutputIsRefused() throws {
    #expect(
      try refusal(TinyNetworks.gap(), score: .output)
        == "CAM cannot explain tiny-gap: its weights are those of the pre-softmax score, not of the "
        + "output; use `grad-cam`")
  }
}
