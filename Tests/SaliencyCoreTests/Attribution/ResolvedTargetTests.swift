import Foundation
import SaliencyCore
import TestSupport
import Testing

/// Every kind of target, worked out by hand: its number and its gradient.
@Suite struct ResolvedTargetTests {
  /// z = (x, 2x, -x) for one pixel x.
  private func model(_ end: [(String, any Layer)] = [("end", Softmax())]) throws -> Model {
    var model = try TinyNetworks.chain(
      [1, 1, 1],
      [
        (name: "flatten", layer: Flatten()),
        (name: "logits", layer: Dense(kernel: Tensor(shape: [1, 3], scalars: [1, 2, -1]))),
      ] + end.map { (name: $0.0, layer: $0.1) })
    model.labels = ["one", "two, deux", "three"]
    return model
  }

  private func request(
    _ target: Target, _ model: Model, score: ScoreKind = .preSoftmax
  ) throws -> AttributionRequest {
    try AttributionRequest(
      model, inputs: Tensor(repeating: 0.5, shape: [1, 1, 1, 1]), targets: [target], score: score)
  }

  /// The number and the gradient at x = 0.5, where z = (0.5, 1, -0.5).
  private func numbers(
    _ target: Target, _ model: Model, score: ScoreKind = .preSoftmax
  ) throws -> (value: Double, slope: Double) {
    let request = try request(target, model, score: score)
    return (Double(request.scores[0]), Double(try request.inputGradient().0[0]))
  }

  private func expect(
    _ target: Target, _ model: Model, score: ScoreKind = .preSoftmax, value: Double, slope: Double,
    _ place: SourceLocation = #_sourceLocation
  ) throws {
    let found = try numbers(target, model, score: score)
    #expect(
      abs(found.value - value) < 1e-6 * max(1, abs(value)), "\(target.text): \(found.value)",
      sourceLocation: place)
    #expect(
      abs(found.slope - slope) < 1e-6 * max(1, abs(slope)), "\(target.text): \(found.slope)",
      sourceLocation: place)
  }

  private let z = [0.5, 1, -0.5]
  private let slopes = [1.0, 2, -1]
  private var p: [Double] {
    let total = z.reduce(0) { $0 + exp($1) }
    return z.map { exp($0) / total }
  }
  /// The slopes p_i (w_i - sum_j p_j w_j).
  private var dp: [Double] {
    let mean = zip(p, slopes).reduce(0) { $0 + $1.0 * $1.1 }
    return zip(p, slopes).map { $0 * ($1 - mean) }
  }

  @Test func aClassLogit() throws {
    try expect(.index(1), model(), value: 1, slope: 2)
    try expect(.logit(.label("two")), model(), score: .output, value: 1, slope: 2)
    try expect(.least, model(), value: -0.5, slope: -1)
  }

  @Test func aProbability() throws {
    try expect(.probability(.index(1)), model(), value: p[1], slope: dp[1])
    try expect(.index(1), model(), score: .output, value: p[1], slope: dp[1])
    try expect(.probability(.index(1)), model([]), value: p[1], slope: dp[1])
    let own = 1 / (1 + exp(-1.0))
    try expect(
      .probability(.index(1)), model([("end", Activation.sigmoid)]), value: own, slope: 2 * own * (1 - own))
  }

  @Test func minusLogP() throws {
    for end in [[("end", Softmax() as any Layer)], []] {
      try expect(
        .negativeLogProbability(.index(2)), model(end), value: -log(p[2]), slope: -dp[2] / p[2])
    }
    let own = 1 / (1 + exp(0.5))
    try expect(
      .negativeLogProbability(.index(2)), model([("end", Activation.sigmoid)]), value: -log(own),
      slope: (1 - own))
  }

  /// In float32 p is 0, and the derivative of its logarithm would be infinite.
  @Test func minusLogPOfAHopelessClassIsFinite() throws {
    let kernel = Tensor(shape: [1, 2], scalars: [400, -400])
    let model = try TinyNetworks.chain(
      [1, 1, 1], [("flatten", Flatten()), ("logits", Dense(kernel: kernel)), ("end", Softmax())])
    let request = try request(.negativeLogProbability(.index(1)), model)
    #expect(request.probabilities == [0] && request.scores == [400])
    #expect(try request.inputGradient().0[0] == 800)
  }

  @Test func differencesAndMeans() throws {
    try expect(.difference(.index(1), .index(2)), model(), value: 1.5, slope: 3)
    try expect(.difference(.index(1), .index(2), weight: 0.5), model(), value: 1.25, slope: 2.5)
    try expect(.mean([.index(0), .index(1)]), model(), value: 0.75, slope: 1.5)
    try expect(
      .difference(.index(0), .mean([.index(0), .index(2)])), model(), value: 0.5, slope: 1)
    try expect(
      .difference(.index(1), .index(0)), model(), score: .output, value: p[1] - p[0], slope: dp[1] - dp[0])
    try expect(
      .mean([.probability(.index(1)), .probability(.index(0))]), model(), value: (p[1] + p[0]) / 2,
      slope: (dp[1] + dp[0]) / 2)
  }

  @Test func oneOutputOfARegressionOrMultiLabelHead() throws {
    try expect(.output(.index(2)), model([]), value: -0.5, slope: -1)
    let own = 1 / (1 + exp(0.5))
    try expect(
      .output(.index(2)), model([("end", Activation.sigmoid)]), value: own, slope: -own * (1 - own))
  }

  /// A map of two channels, c0 = x and c1 = 3 x at each of 2 x 3 places.
  @Test func aPositionOfADenseMap() throws {
    let map = Conv2D(kernel: Tensor(shape: [1, 1, 1, 2], scalars: [1, 3]))
    let images = Tensor(shape: [1, 2, 3, 1], scalars: [1, 2, 3, 4, 5, 6])
    for end in [[], [("end", Softmax())]] as [[(String, any Layer)]] {
      let model = try TinyNetworks.chain(
        [2, 3, 1], [(name: "map", layer: map)] + end.map { (name: $0.0, layer: $0.1) })
      let request = try AttributionRequest(model, inputs: images, targets: [.position([1, 2, 1])])
      #expect(request.scores == [18] && request.targets[0].classIndex == nil && request.probabilities == nil)
      #expect(try request.inputGradient().0.scalars == [0, 0, 0, 0, 0, 3])
      let loss = try request.with(targets: [.negativeLogProbability(.position([0, 0, 0]))])
      #expect(abs(Double(loss.scores[0]) - log(1 + exp(2.0))) < 1e-6)
      let slope = 2 / (1 + exp(-2.0))
      #expect(abs(Double(try loss.inputGradient().0[0]) - slope) < 1e-6)
    }
  }

  /// A softmax over another axis normalises the places of a channel.
  @Test func theAxisOfTheSoftmaxCounts() throws {
    let model = try TinyNetworks.chain(
      [2, 1, 2], [("map", Identity()), ("end", Softmax(axis: -3))])
    let images = Tensor(shape: [1, 2, 1, 2], scalars: [1, 0, 3, 0])
    let request = try AttributionRequest(
      model, inputs: images, targets: [.negativeLogProbability(.position([0, 0, 0]))])
    #expect(abs(Double(request.scores[0]) - log(1 + exp(2.0))) < 1e-6)
  }

  @Test func aListHasTwoCoordinatesAndARowOne() throws {
    let model = try TinyNetworks.chain([2, 3, 1], [("list", Reshape([3, 2]))])
    let images = Tensor(shape: [1, 2, 3, 1], scalars: [1, 2, 3, 4, 5, 6])
    #expect(try AttributionRequest(model, inputs: images, targets: [.position([2, 0])]).scores == [5])
    #expect(try request(.position([1]), self.model()).scores == [1])
  }

  @Test func theGradientOfALossIsItsSlope() throws {
    let model = try TinyNetworks.vgg()
    let image = TinyNetworks.images(for: model, count: 1)
    for target in [
      Target.negativeLogProbability(.index(2)), .probability(.index(2)), .difference(.index(0), .top),
    ] {
      let request = try AttributionRequest(model, inputs: image, targets: [target])
      let direction = CounterRandom(seed: 9).normal(shape: image.shape) * 1e-3
      let ahead = try request.scores(for: image + direction, explainedAs: 0)[0]
      let behind = try request.scores(for: image - direction, explainedAs: 0)[0]
      let slope = try request.inputGradient().0.dot(direction) * 2
      #expect(abs(Double(ahead - behind) - slope) < 2e-2 * abs(slope) + 1e-6, "\(target.text)")
    }
  }

  /// p (1 - p) (-log p)' : the two ways to the same slope.
  @Test func theGradientOfTheLossIsThatOfTheProbability() throws {
    let model = try TinyNetworks.gap()
    let images = TinyNetworks.images(for: model, count: 2)
    let loss = try AttributionRequest(model, inputs: images, targets: [.negativeLogProbability(.index(1))])
    let p = try loss.with(targets: [.probability(.index(1))])
    for n in 0..<2 {
      let expected = try p.inputGradient().0.sample(n) * (-1 / p.scores[n])
      #expect(try loss.inputGradient().0.sample(n).relativeError(to: expected) < 1e-5)
    }
  }

  @Test func otherImagesAreExplainedAlike() throws {
    let model = try TinyNetworks.gap()
    let images = TinyNetworks.images(for: model, count: 2)
    let request = try AttributionRequest(
      model, inputs: images, targets: [.difference(.index(0), .index(2)), .logit(.index(1))])
    let copies = Tensor(concatenating: [images.sample(1), images.sample(1)])
    #expect(
      try request.with(inputs: copies, explainedAs: 1).scores == [request.scores[1], request.scores[1]])
    #expect(try request.scores(for: copies, explainedAs: 1) == [request.scores[1], request.scores[1]])
  }

  @Test func targetsThatMeanTheSameAreEqual() throws {
    let model = try model()
    func resolved(_ target: Target, _ score: ScoreKind = .preSoftmax) throws -> ResolvedTarget {
      try target.resolved(in: model, score: score) { [0.5, 1, -0.5] }
    }
    #expect(try resolved(.top) == resolved(.logit(.label("deux"))))
    #expect(try resolved(.top) != resolved(.top, .output))
    #expect(try resolved(.top, .output) == resolved(.probability(.index(1))))
    #expect(try resolved(.difference(.index(0), .index(1))) != resolved(.difference(.index(1), .index(0))))
  }

  @Test func theRecordIsReadBack() throws {
    let model = try model()
    let targets: [Target] = [
      .top, .probability(.least), .negativeLogProbability(.index(1)), .output(.index(0)),
      .difference(.label("deux"), .mean([.index(0), .index(2)]), weight: 0.5),
    ]
    for target in targets {
      for score in [ScoreKind.preSoftmax, .output] {
        let found = try target.resolved(in: model, score: score) { [0.5, 1, -0.5] }
        let text = found.text(labels: model.labels)
        let again = try Target(parsing: text, labels: model.labels).resolved(in: model) { [0, 0, 0] }
        #expect(again == found && again.text(labels: model.labels) == text, "\(text)")
      }
    }
  }

  @Test func theLossOfAClassThatIsNamedAlone() throws {
    let model = try model()
    let loss = try request(.index(2), model, score: .loss)
    #expect(loss.targets == (try request(.negativeLogProbability(.index(2)), model).targets))
    #expect(loss.targets[0].text(labels: model.labels) == "nll(three)" && loss.score == .loss)
    #expect(throws: TargetError.self) { try request(.mean([.index(0)]), model, score: .loss) }
  }

  @Test func recordsAsText() throws {
    var model = try model()
    func record(_ target: Target, _ score: ScoreKind = .preSoftmax) throws -> String {
      try target.resolved(in: model, score: score) { [0.5, 1, -0.5] }.text(labels: model.labels)
    }
    #expect(try record(.index(0)) == "logit(one)")
    #expect(try record(.top) == "logit(\"two, deux\")")
    #expect(try record(.top, .output) == "probability(\"two, deux\")")
    #expect(try record(.difference(.index(0), .least)) == "difference(one, three)")
    #expect(
      try record(.difference(.index(0), .least), .output)
        == "difference(probability(one), probability(three))")
    #expect(try record(.negativeLogProbability(.index(2))) == "nll(three)")
    model.labels = ["crane", "boat", "crane"]
    #expect(try record(.difference(.index(0), .index(1))) == "difference(index:0, boat)")
    model.labels = nil
    #expect(try record(.mean([.index(0), .index(1)])) == "mean(0, 1)")
  }

  @Test func whatCannotBeExplainedIsSaid() throws {
    let model = try model()
    func sentence(_ target: Target, _ model: Model) -> String? {
      #expect(throws: TargetError.self) { try request(target, model) }?.description
    }
    #expect(
      sentence(.position([0, 0, 0]), model)
        == "target \"position(0, 0, 0)\": output \"logits\" of chain has shape (3), wanted position(i0) within it"
    )
    #expect(
      sentence(.difference(.index(0), .probability(.index(1))), model)
        == "target \"difference(0, probability(1))\": expected logits only, or values of the model's output only"
    )
    #expect(
      sentence(.negativeLogProbability(.mean([.index(0)])), model)
        == "target \"nll(mean(0))\": expected one class or one position in the brackets")
    #expect(
      sentence(.mean([.index(0), .index(3)]), model)
        == "target 3: the model has 3 classes, wanted an index from 0 to 2")
    let value = try TinyNetworks.chain(
      [1, 1, 1], [("flatten", Flatten()), ("value", Dense(kernel: Tensor(shape: [1, 1], scalars: [2])))])
    #expect(
      sentence(.probability(.index(0)), value)
        == "target \"probability(0)\": the output of chain is one number without a sigmoid, which is no probability. "
        + "Try \"output(0)\"")
    let error = #expect(throws: TargetError.self) {
      try AttributionRequest(
        model, inputs: Tensor(repeating: 1, shape: [2, 1, 1, 1]),
        targets: [.index(0), .probability(.index(1))])
    }
    #expect(error == .differentScores("logit(one)", "probability(\"two, deux\")"))
  }
}
