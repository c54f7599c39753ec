import Configuration
import SaliencyCore
import TestSupport
import Testing

@testable import Metrics

/// The localisation metrics on maps small enough to count.
@Suite struct LocalisationTests {
  let map: [Float] = [
    0, 1, 2, 0,
    0, 4, 3, 0,
    0, 0, 0, -2,
  ]
  let mask = [
    false, false, true, false,
    false, true, true, false,
    false, false, false, false,
  ]

  private func subject(_ map: [Float]? = nil, mask: [Bool]? = nil, box: Box? = nil) throws -> Subject {
    try MetricFixtures.located(map ?? self.map, mask: mask, height: 3, box: box)
  }

  @Test func `energy, mass and rank by hand`() throws {
    let subject = try subject(mask: mask)
    #expect(try EnergyPointingGame().values(subject) == [9.0 / 10])
    #expect(try RelevanceMass().values(subject) == [9.0 / 12])
    #expect(try RelevanceRank().values(subject) == [1])
    let beside = try self.subject(mask: mask.reversed())
    #expect(try EnergyPointingGame().values(beside) == [7.0 / 10])
    #expect(try RelevanceRank().values(beside) == [2.0 / 3])
  }

  @Test func `top-k, AUC and precision by hand`() throws {
    let subject = try subject(mask: mask)
    // In order: 4 (in), 3 (in), 2 (in), 1, then seven zeros and -2.
    #expect(try TopKIntersection(k: 2).values(subject) == [1])
    #expect(try TopKIntersection(k: 4).values(subject) == [0.75])
    #expect(try LocalisationAUC().values(subject) == [1])
    let precision = try PrecisionAtK(shares: [0.25, 0.5]).values(subject)
    #expect(precision == [(1 + 0.5) / 2, 1])
    let beside = try self.subject(mask: [true, true, false, false] + Array(repeating: false, count: 8))
    // Inside are a 0 and the 1: higher than 0 are 4 of ten outside ... the 0 beats -2 and ties with six.
    #expect(try abs(LocalisationAUC().values(beside)[0] - ((1 + 6 * 0.5) + 7) / 20) < 1e-12)
    // The 1 is the fourth pixel, the first of the zeros the fifth.
    #expect(try abs(PrecisionAtK(shares: [0.5]).values(beside)[1] - (1.0 / 4 + 2.0 / 5) / 2) < 1e-12)
    let whole = try self.subject(mask: Array(repeating: true, count: 12))
    #expect(try LocalisationAUC().evaluate(whole).reason == "the region is the whole image")
  }

  @Test func `IoU over thresholds by hand`() throws {
    // Scaled to [0, 1]: -2 is 0, 0 is 1/3, 1 is 1/2, 2 is 2/3, 3 is 5/6, 4 is 1. Thresholds 1/4, 1/2, 3/4.
    let score = try IoUCurve(thresholds: 3).evaluate(subject(mask: mask))
    let expected = [3.0 / 11, 3.0 / 4, 2.0 / 3]
    for (a, b) in zip(score.curves[0].y, expected) { #expect(abs((a ?? .nan) - b) < 1e-6) }
    #expect(abs((score.values[0] ?? .nan) - expected.reduce(0, +) / 3) < 1e-6 && score.values[1] == 0.75)
    // The object's box is 2 x 2; those of the cut maps are 4 x 3, 2 x 2 and 2 x 1.
    #expect(score.curves[1].y == [0, 1, 1])
  }

  @Test func `a map equal to the mask scores 1, its complement 0, a constant map the mask's share`() throws {
    let own = mask.map { $0 ? Float(1) : 0 }
    for metric in [EnergyPointingGame(), RelevanceMass(), RelevanceRank()] as [any Metric] {
      #expect(try metric.values(subject(own, mask: mask)) == [1])
      #expect(try metric.values(subject(own.map { 1 - $0 }, mask: mask)) == [0])
    }
    let flat = [Float](repeating: 3, count: 12)
    #expect(try EnergyPointingGame().values(subject(flat, mask: mask)) == [0.25])
    #expect(try RelevanceMass().values(subject(flat, mask: mask)) == [0.25])
    #expect(try RelevanceRank().evaluate(subject(flat, mask: mask)).reason == "the map is constant")
    #expect(try PointingGame(tolerance: 0).values(subject(own, mask: mask)) == [1])
    #expect(try PointingGame(tolerance: 0).values(subject(own.map { 1 - $0 }, mask: mask)) == [0])
    #expect(try BoxLocalisation().values(subject(own, mask: mask)) == [1, 1])
  }

  @Test func `other objects than the target class's`() throws {
    let tag = Mask(height: 3, width: 4, pixels: (0..<12).map { $0 == 6 })
    let objects = [
      Annotation(classIndex: 0, label: "it", mask: Mask(height: 3, width: 4, pixels: mask)),
      Annotation(classIndex: nil, label: "tag", mask: tag),
    ]
    let subject = try MetricFixtures.subject(
      map, height: 3, model: MetricFixtures.linear(map.map { _ in 1 }, height: 3), image: map.map { _ in 0 },
      annotations: Annotations(height: 3, width: 4, objects: objects))
    #expect(try EnergyPointingGame(object: "tag").values(subject) == [3.0 / 10])
    #expect(try RelevanceMass(object: "tag").values(subject) == [3.0 / 12])
    #expect(try RelevanceRank(object: "tag").values(subject) == [0])
    #expect(try EnergyPointingGame().values(subject) == [9.0 / 10], "the target class is not the tag")
    #expect(
      try EnergyPointingGame(object: "hat").evaluate(subject).reason
        == "no object of class \"hat\" is annotated")
    #expect(EnergyPointingGame(object: "tag").label == "energy-pointing-game(object=tag)")
    #expect(!EnergyPointingGame().canonicalJSON.contains("object"))
  }

  @Test func `the pointing game counts pixels in a straight line`() throws {
    let far = (0..<400).map { $0 == 0 ? Float(1) : 0 }
    func hit(_ place: Int, _ tolerance: Double) throws -> Double {
      try PointingGame(tolerance: tolerance).values(
        MetricFixtures.located(far, mask: (0..<400).map { $0 == place }, height: 20))[0]
    }
    // Row 12, column 9 of a 20 x 20 image is 15 pixels from the corner; one more column is not.
    #expect(try hit(12 * 20 + 9, 15) == 1)
    #expect(try hit(12 * 20 + 10, 15) == 0)
    #expect(try hit(15, 15) == 1 && hit(16, 15) == 0)
    #expect(try hit(0, 0) == 1 && hit(1, 0) == 0 && hit(1, 1) == 1)
  }

  @Test func `the first of several maxima points`() throws {
    let twice: [Float] = [0, 5, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0]
    func hit(_ place: Int) throws -> Double {
      try PointingGame(tolerance: 0).values(subject(twice, mask: (0..<12).map { $0 == place }))[0]
    }
    #expect(try hit(1) == 1 && hit(8) == 0)
  }

  @Test func `no object, no mask, an empty one, only difficult ones: each has its reason`() throws {
    let metric = PointingGame()
    func reason(_ objects: [Annotation], _ metric: any Metric) throws -> String? {
      let bare = try subject(mask: mask)
      let annotations = Annotations(height: 3, width: 4, objects: objects)
      return try metric.evaluate(
        Subject(
          request: bare.request, method: bare.method, attribution: bare.attribution,
          annotations: annotations)
      ).reason
    }
    let whole = Mask(height: 3, width: 4, pixels: mask)
    let empty = Mask(height: 3, width: 4, pixels: mask.map { _ in false })
    #expect(try reason([], metric) == "no object of the target class is annotated")
    #expect(
      try reason([Annotation(classIndex: 1, label: "", mask: whole)], metric)
        == "no object of the target class is annotated")
    #expect(
      try reason([Annotation(classIndex: 0, label: "")], metric)
        == "an object of the target class has no mask or box")
    #expect(
      try reason(
        [Annotation(classIndex: 0, label: "", mask: whole)], PointingGame(tolerance: 1, region: .box))
        == "an object of the target class has no box")
    #expect(
      try reason([Annotation(classIndex: 0, label: "", mask: empty)], metric)
        == "the annotation of the target class is empty")
    #expect(
      try reason([Annotation(classIndex: 0, label: "", mask: whole, isDifficult: true)], metric)
        == "every object of the target class is marked difficult")
    // As in pycocotools, a crowd is neither right nor wrong, whichever metric looks.
    let crowd = Annotation(classIndex: 0, label: "", mask: empty, isCrowd: true)
    for metric in [metric, BoxLocalisation(), RelevanceMass(), EnergyPointingGame()] as [any Metric] {
      #expect(
        try reason([Annotation(classIndex: 0, label: "", mask: whole), crowd], metric)
          == "objects of the target class are annotated as a crowd (iscrowd), which tells none apart")
    }
    let other = Annotation(classIndex: 1, label: "", mask: empty, isCrowd: true)
    #expect(
      try reason([Annotation(classIndex: 0, label: "", mask: whole), other], ClassDiscrimination())
        == "objects of one class only are annotated", "a crowd is no second class")
    #expect(
      try reason([Annotation(classIndex: 0, label: "", mask: empty)], BoxLocalisation())
        == "no object of the target class has a box")
    #expect(
      try reason([Annotation(classIndex: 0, label: "", mask: whole)], ClassDiscrimination())
        == "objects of one class only are annotated")
  }

  @Test func `the box goes round the largest part above the threshold`() throws {
    let map: [Float] = [
      10, 0, 0, 0, 2,
      0, 0, 3, 0, 0,
      0, 3, 0, 0, 0,
      0, 0, 1.9, 0, 2,
    ]
    // At 20% of 10 the diagonal of two 3s is the largest part: x 1-3, y 1-3, four pixels in area.
    let truth = Box(x: 1, y: 1, width: 2, height: 3)
    let subject = try MetricFixtures.located(map, mask: nil, height: 4, box: truth)
    let values = try BoxLocalisation().values(subject)
    #expect(values[0] == 1 && abs(values[1] - 4.0 / 6) < 1e-12)
    #expect(try BoxLocalisation(threshold: 0.2, overlap: 0.7).values(subject)[0] == 0)
    // At 15% the 1.9 joins them.
    #expect(try BoxLocalisation(threshold: 0.15).values(subject) == [1, 1])
  }

  @Test func `the best of several boxes counts, and a mask stands in for its box`() throws {
    let far = Annotation(classIndex: 0, label: "", box: Box(x: 0, y: 0, width: 1, height: 1))
    let near = Annotation(
      classIndex: 0, label: "", mask: Mask(height: 3, width: 4, pixels: map.map { $0 >= 0.8 }))
    let bare = try subject(mask: mask)
    let both = Subject(
      request: bare.request, method: bare.method, attribution: bare.attribution,
      annotations: Annotations(height: 3, width: 4, objects: [far, near]))
    #expect(try BoxLocalisation().values(both) == [1, 1])
  }

  @Test func `maps are enlarged to the annotated image`() throws {
    let model = try MetricFixtures.linear([1, 1, 1, 1], height: 2)
    let right = Mask(height: 8, width: 8, pixels: (0..<64).map { $0 % 8 >= 4 })
    let subject = try MetricFixtures.subject(
      [0, 1, 0, 1], height: 2, model: model, image: [0, 0, 0, 0],
      annotations: Annotations(
        height: 8, width: 8, objects: [Annotation(classIndex: 0, label: "", mask: right)]))
    // Columns of a 2-pixel row enlarged to 8: 0, 0, 1/8, 3/8, 5/8, 7/8, 1, 1.
    #expect(try abs(EnergyPointingGame().values(subject)[0] - 3.5 / 4) < 1e-6)
  }

  @Test func `class discrimination asks each class, and a map that never moves scores 0`() throws {
    let model = try TinyNetworks.chain(
      [2, 4, 1], [("flatten", Flatten()), ("scores", Dense(kernel: sides))])
    let image = Tensor(repeating: 1, shape: [1, 2, 4, 1])
    let request = try AttributionRequest(model, inputs: image, targets: [.index(0)])
    let annotations = MetricFixtures.thirds(height: 2, width: 4)
    let exact = try Subject(applying: PlainGradient(), to: request, annotations: annotations)
    #expect(try ClassDiscrimination().values(exact) == [0.5, 0.5])
    let still = FixedMap([1, 0, 0, 0, 0, 0, 0, 0], height: 2)
    let stuck = try Subject(applying: still, to: request, annotations: annotations)
    #expect(try ClassDiscrimination().values(stuck) == [0, 1])
  }

  /// Class 0 looks at the two left columns, class 1 at the two right ones; the objects are one column each.
  private var sides: Tensor {
    Tensor(shape: [8, 2], scalars: (0..<8).flatMap { $0 % 4 < 2 ? [1, 0] as [Float] : [0, 1] })
  }
}
