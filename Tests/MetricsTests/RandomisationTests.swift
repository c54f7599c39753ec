import Foundation
import Methods
import SaliencyCore
import TestSupport
import Testing

@testable import Metrics

@Suite struct RandomisationTests {
  let model: Model
  let image: Tensor

  init() throws {
    model = try MetricFixtures.convolutional()
    image = TinyNetworks.images(for: model, count: 1)
  }

  private func subject(_ method: any SaliencyMethod, seed: UInt64 = 1) throws -> Subject {
    try MetricFixtures.complete(method, model: model, image: image, seed: seed)
  }

  @Test func `curves go over the layers from the score down`() throws {
    for metric in [CascadingRandomisation(), IndependentRandomisation()] as [any Metric] {
      let score = try metric.evaluate(subject(Contribution()))
      #expect(score.curves.map(\.name) == ["abs-spearman", "spearman", "ssim", "hog"])
      for curve in score.curves {
        #expect(curve.ticks == ["(trained)", "predictions", "conv2", "conv1"])
        #expect(abs((curve.y[0] ?? .nan) - 1) < 1e-9, "the trained model's map is like itself")
      }
    }
  }

  @Test func `the numbers are the end of the cascade and the mean over single layers`() throws {
    let cascade = try CascadingRandomisation().evaluate(subject(Contribution()))
    #expect(cascade.values == cascade.curves.map { $0.y[3] })
    let single = try IndependentRandomisation().evaluate(subject(Contribution()))
    for (value, curve) in zip(single.values, single.curves) {
      let mean = curve.y.dropFirst().compactMap(\.self).reduce(0, +) / 3
      #expect(abs((value ?? .nan) - mean) < 1e-12)
    }
    // The first step of the cascade randomises the same layer as the first single one, with the same numbers.
    #expect(cascade.curves.map { $0.y[1] } == single.curves.map { $0.y[1] })
    #expect(cascade.curves.map { $0.y[2] } != single.curves.map { $0.y[2] })
  }

  @Test func `a map that does not look at the model stays the same`() throws {
    for control in [RandomControl(), CentredGaussian(), SobelEdges()] as [any SaliencyMethod] {
      let score = try CascadingRandomisation().evaluate(subject(control))
      for value in score.values { #expect(abs((value ?? .nan) - 1) < 1e-9) }
      #expect(try abs(RandomLogit().values(subject(control))[0] - 1) < 1e-9)
    }
  }

  @Test func `the gradient of a random model is another map`() throws {
    let values = try CascadingRandomisation().values(subject(PlainGradient()))
    for value in values { #expect(value < 0.7, "\(values)") }
  }

  @Test func `a linear model's gradient has nothing in common with random weights`() throws {
    let linear = try MetricFixtures.linear(
      CounterRandom(seed: 1).normal(shape: [1600]).scalars, height: 40)
    let subject = try Subject(
      applying: Contribution(),
      to: AttributionRequest(
        linear, inputs: Tensor(repeating: 1, shape: [1, 40, 40, 1]), targets: [.index(0)]))
    let values = try CascadingRandomisation().values(subject)
    #expect(abs(values[0]) < 0.1 && abs(values[1]) < 0.1, "1600 pixels: three standard deviations are 0.075")
  }

  @Test func `re-initialisations differ, and a point is their mean`() throws {
    let kernels = try (0..<2).map { draw in
      let models = RandomisedModels(model, initialiser: .glorotUniform, seed: 1, draw: draw)
      let graph = try models.model(randomising: models.layers).graph
      return (graph[try graph.find("conv1.linear")].layer as? any ParametricLayer)?.parameters.first?.value
    }
    #expect(kernels[0] != kernels[1])
    let method = Contribution()
    let one = try CascadingRandomisation(initialiser: .glorotUniform, seeds: 1).values(subject(method))
    let three = try CascadingRandomisation(initialiser: .glorotUniform, seeds: 3).values(subject(method))
    let singles = try (0..<3).map { draw -> Double in
      let subject = try subject(method)
      let models = RandomisedModels(model, initialiser: .glorotUniform, seed: 1, draw: draw)
      let map = try subject.map(of: subject.request(for: models.model(randomising: models.layers)))
      return try #require(Correlation.spearman(subject.map.values, map.values))
    }
    #expect(abs(one[1] - singles[0]) < 1e-12)
    #expect(abs(three[1] - singles.reduce(0, +) / 3) < 1e-12)
  }

  @Test func `smooth MPRT goes from the input up, over maps of noisy copies`() throws {
    let score = try SmoothMPRT(samples: 3, points: 2, seeds: 2).evaluate(subject(Contribution()))
    #expect(score.curves[0].ticks == ["(trained)", "conv1", "predictions"])
    for curve in score.curves {
      #expect(abs((curve.y[0] ?? .nan) - 1) < 1e-9)
    }
    let mean = score.curves[1].y.dropFirst().compactMap(\.self).reduce(0, +) / 2
    #expect(abs((score.values[1] ?? .nan) - mean) < 1e-12)
    // Without noise and with every layer random it is the end of the cascade.
    let still = try SmoothMPRT(samples: 1, noise: 0, points: 1).values(subject(Contribution()))
    let cascade = try CascadingRandomisation().values(subject(Contribution()))
    for (a, b) in zip(still, cascade) { #expect(abs(a - b) < 1e-9) }
  }

  @Test func `efficient MPRT is the rise of the histogram's entropy`() throws {
    let metric = EfficientMPRT(bins: 4)
    // Counts 2, 1, 0, 1 of four values.
    #expect(abs(metric.entropy(of: [0, 0.5, 1, 4]) - 1.5 * log(2)) < 1e-12)
    #expect(metric.entropy(of: [1, 1]) == 0)
    #expect(try EfficientMPRT().values(subject(SobelEdges())) == [0])
    let models = RandomisedModels(model, initialiser: .glorotUniform, seed: 1)
    let subject = try subject(Contribution())
    let map = try subject.map(of: subject.request(for: models.model(randomising: models.layers)))
    let before = metric.entropy(of: subject.map.values)
    let expected = (metric.entropy(of: map.values) - before) / before
    #expect(try abs(EfficientMPRT(bins: 4, seeds: 1).values(subject)[0] - expected) < 1e-12)
  }

  @Test func `initialisers draw what they say`() throws {
    let kernel = Parameter("kernel", CounterRandom(seed: 2).normal(shape: [3, 3, 20, 30]) + 5)
    let random = CounterRandom(seed: 3)
    let limit = (6 / Float(9 * 50)).squareRoot()
    let glorot = Initialiser.glorotUniform.draw(kernel, from: random)
    let bounds = try #require(glorot.bounds)
    #expect(bounds.low >= -limit && bounds.high < limit && bounds.high > 0.99 * limit)
    let he = Moments(Initialiser.heNormal.draw(kernel, from: random).scalars.map(Double.init))
    #expect(abs(he.deviation / (2 / 180.0).squareRoot() - 1) < 0.05 && abs(he.mean) < 0.01)
    let shuffled = Initialiser.shuffled.draw(kernel, from: random)
    #expect(shuffled.scalars.sorted() == kernel.value.scalars.sorted() && shuffled != kernel.value)
    for (name, value) in [("bias", 0), ("beta", 0), ("moving_mean", 0), ("gamma", 1), ("moving_variance", 1)]
    {
      let drawn = Initialiser.glorotUniform.draw(
        Parameter(name, Tensor(repeating: 7, shape: [4])), from: random)
      #expect(drawn == Tensor(repeating: Float(value), shape: [4]), "\(name)")
    }
  }

  @Test func `a layer is drawn once, by its name, whatever else is random`() throws {
    let models = RandomisedModels(model, initialiser: .glorotUniform, seed: 4)
    #expect(models.layers == ["predictions", "conv2", "conv1"])
    func kernel(_ names: [String], _ layer: String) throws -> Tensor? {
      let graph = try models.model(randomising: names).graph
      return (graph[try graph.find(layer)].layer as? any ParametricLayer)?.parameters.first?.value
    }
    let trained = try #require(try kernel([], "conv2.linear"))
    let drawn = try #require(try kernel(["conv2"], "conv2.linear"))
    #expect(drawn != trained)
    #expect(try kernel(["predictions", "conv2", "conv1"], "conv2.linear") == drawn)
    #expect(try kernel(["conv1"], "conv2.linear") == trained)
    let again = try RandomisedModels(model, initialiser: .glorotUniform, seed: 4).model(randomising: ["conv2"]
    )
    #expect(
      (again.graph[try again.graph.find("conv2.linear")].layer as? any ParametricLayer)?.parameters.first?
        .value
        == drawn)
  }

  @Test func `a shared layer is randomised in all its places`() throws {
    let mixed = try TinyNetworks.mixed()
    let models = RandomisedModels(mixed, initialiser: .heNormal, seed: 1)
    #expect(models.layers.filter { $0 == "shared" }.count == 1)
    let graph = try models.model(randomising: ["shared"]).graph
    let kernels = try ["shared", "shared_1"].map { name in
      (graph[try graph.find(name)].layer as? any ParametricLayer)?.parameters.first?.value
    }
    #expect(kernels[0] == kernels[1] && kernels[0] != nil)
  }

  @Test func `two layers of one name and kind are drawn apart`() throws {
    var net = NetworkBuilder(input: [4])
    let dense = Dense(kernel: Tensor(repeating: 1, shape: [4, 4]))
    let query = try net.add(dense, named: "a.query", layerName: "a", inputs: net.graph.inputs)
    let key = try net.add(dense, named: "a.key", layerName: "a", inputs: net.graph.inputs)
    try net.add(Merge(.multiply), named: "a", layerName: "a", inputs: [query, key])
    let models = RandomisedModels(net.model(named: "attention"), initialiser: .heNormal, seed: 1)
    #expect(models.layers == ["a", "a.query"])
    func kernels(_ names: [String]) throws -> [Tensor?] {
      let graph = try models.model(randomising: names).graph
      return [query, key].map { (graph[$0].layer as? Dense)?.kernel }
    }
    let (both, one) = (try kernels(["a", "a.query"]), try kernels(["a"]))
    #expect(both[0] != both[1] && both[0] != dense.kernel && both[1] != dense.kernel)
    #expect(one[0] == dense.kernel && one[1] == both[1])
  }

  @Test func `small maps have no structure to compare, and say so`() throws {
    let small = try TinyNetworks.gap()
    let image = TinyNetworks.images(for: small, count: 1)
    let request = try AttributionRequest(small, inputs: image, targets: [.index(0)])
    let score = try CascadingRandomisation().evaluate(Subject(applying: PlainGradient(), to: request))
    #expect(score.values.map { $0 == nil } == [false, false, true, true])
    #expect(score.reason == "the map is too small for SSIM and HOG similarity")
    #expect(
      try RandomLogit().evaluate(Subject(applying: PlainGradient(), to: request)).reason
        == "the map is smaller than SSIM's window of 11 x 11")
  }

  @Test func `random logit is 1 for the same map, less for another class's`() throws {
    let value = try RandomLogit().values(subject(PlainGradient()))[0]
    #expect(value < 0.99)
    let one = try TinyNetworks.chain(
      [2, 2, 1], [("flatten", Flatten()), ("score", Dense(kernel: Tensor(repeating: 1, shape: [4, 1])))])
    let request = try AttributionRequest(one, inputs: Tensor(repeating: 1, shape: [1, 2, 2, 1]))
    #expect(
      try RandomLogit().evaluate(Subject(applying: FixedMap([0, 1, 2, 3], height: 2), to: request)).reason
        == "the model has one class only")
  }
}
