import Foundation
import Methods
import SaliencyCore
import TestSupport
import Testing

@testable import Configuration
@testable import Metrics

/// What holds for every metric of the catalog.
@Suite struct MetricPropertyTests {
  let model: Model
  let images: Tensor

  init() throws {
    model = try MetricFixtures.convolutional()
    images = TinyNetworks.images(for: model, count: 3)
  }

  static let all = MetricCatalog.standard.identifiers

  /// Not applicable to images that are no more the class than a few random pixels of them are.
  static let dependsOnPrediction = ["sic", "aic"]

  private func metric(_ name: String) throws -> any Metric { try MetricCatalog.standard(name) }

  private func subject(
    _ n: Int, _ method: any SaliencyMethod = Contribution(), batchSize: Int? = nil, seed: UInt64 = 1
  ) throws -> Subject {
    try MetricFixtures.complete(
      method, model: model, image: images.sample(n), batchSize: batchSize, seed: seed)
  }

  @Test(arguments: all) func `every metric can score a complete subject`(_ name: String) throws {
    let score = try metric(name).evaluate(subject(0))
    if Self.dependsOnPrediction.contains(name), !score.isApplicable { return }
    #expect(score.reason == nil)
    #expect(score.values.allSatisfy { $0.map(\.isFinite) ?? false }, "\(score)")
    #expect(score.curves.allSatisfy { $0.y.allSatisfy { $0 != nil } })
  }

  @Test(arguments: all) func `evaluations one by one give the bits of evaluations in batches`(_ name: String)
    throws
  {
    let metric = try metric(name)
    let expected = try metric.evaluate(subject(0, batchSize: 1))
    for size in [2, 3, 16, 64] {
      #expect(try metric.evaluate(subject(0, batchSize: size)) == expected, "batches of \(size)")
    }
  }

  @Test(arguments: all) func `an answer taken from a batch scores as one asked alone`(_ name: String) throws {
    let metric = try metric(name)
    let request = try AttributionRequest(model, inputs: images, targets: [.index(1)])
    let together = try Contribution().attribution(for: request).values
    for n in 0..<3 {
      let alone = try subject(n)
      let gap = alone.attribution.completenessGap
      let taken = Subject(
        request: alone.request, method: alone.method,
        attribution: Attribution(together.sample(n), completenessGap: gap), annotations: alone.annotations,
        seed: 1)
      #expect(try metric.evaluate(taken) == metric.evaluate(alone))
    }
  }

  @Test(arguments: all) func `the order of images and methods does not matter, nor what they share`(
    _ name: String
  ) throws {
    let metric = try metric(name)
    let methods: [any SaliencyMethod] = [Contribution(), PlainGradient(), RandomControl()]
    func scores(_ order: [Int]) throws -> [Int: Score] {
      let byModel = SharedWork()
      let byImage = (0..<2).map { _ in SharedWork() }
      var found: [Int: Score] = [:]
      for k in order {
        let fresh = try subject(k / 3, methods[k % 3])
        found[k] = try metric.evaluate(
          Subject(
            request: fresh.request, method: fresh.method, attribution: fresh.attribution,
            annotations: fresh.annotations, seed: 1, shared: byImage[k / 3], sharedByModel: byModel))
      }
      return found
    }
    let expected = try scores([0, 1, 2, 3, 4, 5])
    #expect(try scores([5, 2, 4, 0, 3, 1]) == expected)
    #expect(try metric.evaluate(subject(1, methods[1])) == expected[4])
  }

  @Test(arguments: all) func `a positive factor on the map changes nothing`(_ name: String) throws {
    let metric = try metric(name)
    let expected = try metric.evaluate(subject(0))
    // Numbers in units of the attribution judge its scale: that is what they are for.
    let judgesScale = ["infidelity": 1, "local-lipschitz": 1, "continuity": 1]
    // Quotients taken element by element divide by attributions near 0, where a factor's rounding counts.
    let isElementwise = ["ris", "ros", "rrs"].contains(name)
    for factor in [4, 0.0625, 3.7] as [Float] {
      let found = try metric.evaluate(subject(0, Scaled(Contribution(), by: factor)))
      if name == "completeness-gap" || !expected.isApplicable { continue }
      if isElementwise, factor == 3.7 { continue }
      for (k, (a, b)) in zip(found.values, expected.values).enumerated() where judgesScale[name] != k {
        let (a, b) = (try #require(a), try #require(b))
        #expect(abs(a - b) <= (factor == 3.7 ? 1e-4 : 1e-12) * max(abs(b), 1), "value \(k), factor \(factor)")
      }
    }
  }

  @Test(arguments: all) func `a random map is never perfect`(_ name: String) throws {
    let perfect: [String: [Double]] = [
      "deletion": [0], "insertion": [1], "average-drop": [0, 100, 100], "road": [0.5, 0, 1],
      "faithfulness-correlation": [1], "energy-pointing-game": [1], "relevance-mass": [1],
      "relevance-rank": [1],
      "box-localisation": [1, 1], "class-discrimination": [1, 1], "max-sensitivity": [0], "sparseness": [1],
      "complexity": [0], "cascading-randomisation": [0, 0, 0, 0], "independent-randomisation": [0, 0, 0, 0],
      "random-logit": [0], "faithfulness-estimate": [1], "single-deletion": [1],
      "monotonicity-arya": [100, 100],
      "monotonicity-nguyen": [1], "sensitivity-n": [1], "irof": [1], "sic": [1], "top-k-intersection": [1],
      "localisation-auc": [1], "precision-at-k": [1, 1], "iou-curve": [1, 1, 1], "avg-sensitivity": [0],
      "local-lipschitz": [0, 0], "continuity": [0, 0],
      "effective-complexity": [0], "smooth-mprt": [0, 0, 0, 0], "input-invariance": [0], "linearity": [0],
    ]
    let metric = try metric(name)
    let score = try metric.evaluate(subject(0, RandomControl(seed: 9)))
    if name == "infidelity" || name == "completeness-gap" {
      #expect(!score.isApplicable && score.reason != nil, "a map without channels or promise has no answer")
      return
    }
    if Self.dependsOnPrediction.contains(name), !score.isApplicable { return }
    // Quotients of changes have a scale of their own.
    if ["ris", "ros", "rrs"].contains(name) {
      #expect(score.values.allSatisfy { ($0 ?? 0) > 1e-4 }, "\(score.values)")
      return
    }
    // One random point may be a hit; many are not all.
    if name == "pointing-game" {
      let hits = try (0..<20).map {
        try PointingGame(tolerance: 1).values(subject(0, RandomControl(seed: $0)))[0]
      }
      #expect(hits.contains(0) && hits.contains(1))
      return
    }
    for (value, best) in zip(score.values, perfect[name] ?? []) {
      #expect(abs((value ?? .nan) - best) > 0.02 * max(abs(best), 1), "\(score.values)")
    }
  }

  @Test(arguments: all) func `maps that mean nothing and images that say nothing have a reason`(
    _ name: String
  ) throws {
    let metric = try metric(name)
    let pixels = model.inputShape[0] * model.inputShape[1]
    for value in [0, Float.nan, .infinity] {
      let map = FixedMap(Array(repeating: value, count: pixels), height: model.inputShape[0])
      let score = try metric.evaluate(subject(0, map))
      #expect(!score.isApplicable, "a map of \(value)")
      #expect(score.reason?.isEmpty == false)
      #expect(score.values.count == type(of: metric).descriptor.values.count)
    }
    let needs = type(of: metric).descriptor.needs
    guard !needs.isDisjoint(with: [.region, .mask, .box]) else { return }
    var bare = try subject(0)
    bare = Subject(request: bare.request, method: bare.method, attribution: bare.attribution)
    #expect(try metric.evaluate(bare).reason == "the image has no annotation")
    let empty = Annotations(
      height: model.inputShape[0], width: model.inputShape[1],
      objects: [0, 1].map {
        Annotation(
          classIndex: $0, label: "",
          mask: Mask(
            height: model.inputShape[0], width: model.inputShape[1],
            pixels: Array(repeating: false, count: pixels)))
      })
    let blank = Subject(
      request: bare.request, method: bare.method, attribution: bare.attribution, annotations: empty)
    #expect(try !metric.evaluate(blank).isApplicable, "an empty mask is neither hit nor zero")
  }

  @Test(arguments: all) func `the seed decides what is drawn`(_ name: String) throws {
    let metric = try metric(name)
    #expect(try metric.evaluate(subject(0)) == metric.evaluate(subject(0)))
    let isRandom = [
      "road", "infidelity", "faithfulness-correlation", "max-sensitivity", "cascading-randomisation",
      "independent-randomisation", "avg-sensitivity", "local-lipschitz", "ris", "ros", "rrs",
      "region-perturbation",
      "sensitivity-n", "smooth-mprt", "efficient-mprt", "sic",
    ].contains(name)
    if isRandom, try metric.evaluate(subject(0)).isApplicable {
      #expect(try metric.evaluate(subject(0)) != metric.evaluate(subject(0, seed: 2)))
    }
  }

  @Test(arguments: all) func `scores and metrics survive encoding`(_ name: String) throws {
    let metric = try metric(name)
    let score = try metric.evaluate(subject(0))
    #expect(try JSONDecoder().decode(Score.self, from: JSONEncoder().encode(score)) == score)
    #expect(try MetricCatalog.standard.parse(metric.label).canonicalJSON == metric.canonicalJSON)
    let descriptor = type(of: metric).descriptor
    #expect(!descriptor.title.isEmpty && !descriptor.paper.isEmpty)
  }

  @Test func `parameters out of range are refused in words`() {
    let complaints = [
      "deletion(step=0)":
        "deletion: step: found 0, expected at least 1 pixels (or a share of the image, between 0 and 1)",
      "road(percentages=[50, 20])": "road: percentages: found [50, 20], expected rising numbers from 1 to 99",
      "infidelity(samples=1)": "infidelity: samples: found 1, expected at least 2",
      "max-sensitivity(radius=0)": "max-sensitivity: radius: found 0.0, expected more than 0",
      "pointing-game(tolerance=-1)": "pointing-game: tolerance: found -1.0, expected at least 0 pixels",
      "deletin": "no metric is called \"deletin\"; did you mean \"deletion\"?",
      "max-sensitivity(draws=5)": "max-sensitivity has no parameter \"draws\" (it has radius, samples)",
      "faithfulness-correlation(runs=5)":
        "faithfulness-correlation has no parameter \"runs\" (it has fill, samples, subset)",
      "cascading-randomisation(hogCell=4)":
        "cascading-randomisation has no parameter \"hogCell\" (it has cellSize, initialiser, seeds)",
      "faithfulness-correlation(samples=2)":
        "faithfulness-correlation: samples: found 2, expected at least 3",
      "box-localisation(threshold=1)": "box-localisation: threshold: found 1.0, expected between 0 and 1",
      "deletion(fil=mean)": "deletion has no parameter \"fil\"; did you mean \"fill\"? (it has fill, step)",
    ]
    for (text, sentence) in complaints {
      let error = #expect(throws: ConfigurationError.self) { try MetricCatalog.standard.parse(text) }
      #expect(error?.description.hasPrefix(sentence) == true, "\(error?.description ?? "")")
    }
  }
}
