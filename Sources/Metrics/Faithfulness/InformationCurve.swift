internal import Configuration
internal import Foundation
internal import SaliencyCore

/// A performance information curve: what a model makes of an image of which only part is known, against how much information that is.
///
/// Known are a share of random pixels and the highest share of the map; the others are interpolated (`LinearImputation`). Information is the
/// estimated entropy of the picture, from 0 for that of random pixels alone to 1 for the image. Performance is made non-decreasing (the best so
/// far), and (0, 0) and (1, 1) are added, as in PAIR's `pic.py`.
struct InformationCurve {
  /// The share of pixels that are known, of the authors' notebook.
  static let shares = [0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.13, 0.21, 0.34, 0.5, 0.75]

  /// What the model makes of a picture, and the picture's entropy.
  struct Point: Sendable {
    let entropy: Double
    let probability: Double
    let isPredicted: Bool
  }

  /// The image of random pixels alone.
  let empty: Point
  /// The image.
  let whole: Point
  private let parts: [Point]

  static func validate<M: Metric>(_ metric: M.Type, shares: [Double], known: Double) throws {
    let isRising = zip(shares, shares.dropFirst()).allSatisfy { $0 < $1 }
    try M.require(
      "shares", shares, !shares.isEmpty && isRising && shares.allSatisfy { $0 > 0 && $0 < 1 },
      expected: "rising numbers between 0 and 1")
    try M.require("known", known, above: 0, atMost: 0.5)
  }

  init(_ subject: Subject, shares: [Double], known: Double) throws {
    let order = try subject.map.requiredRanking()
    let pixels = order.count
    let range = try subject.inputRange()
    let random = subject.random(.information).permutation(of: pixels).prefix(known.pixelCount(of: pixels))
    let imputation = LinearImputation(shape: subject.input.shape.sample, range: range)
    func points(_ key: String, _ counts: [Int]) throws -> [Point] {
      try subject.informationPoints(counts.count) { k, copy in
        var removed = [Bool](repeating: counts[k] < pixels, count: pixels)
        for pixel in random { removed[pixel] = false }
        for pixel in order.prefix(counts[k]) { removed[pixel] = false }
        imputation.fill(copy, removed: removed)
      }
    }
    let ends = try subject.shared.value(for: "information of \(known), seed \(subject.seed)") {
      try points("ends", [0, pixels])
    }
    (empty, whole) = (ends[0], ends[1])
    guard whole.entropy > empty.entropy else { throw NotApplicable("the image holds no information") }
    let key = "information, map \(order.hashed), \(shares), \(known), seed \(subject.seed)"
    parts = try subject.shared.value(for: key) {
      try points(key, shares.map { $0.pixelCount(of: pixels) })
    }
  }

  /// The curve of a performance from 0 to 1 over the information, both rising.
  func curve(_ name: String, _ yTitle: String, _ performance: (Point) -> Double) -> Curve {
    let span = whole.entropy - empty.entropy
    var points = parts.map { part -> (x: Double, y: Double) in
      let information = (part.entropy - empty.entropy) / span
      return (min(max(information, 0), 1), min(max(performance(part), 0), 1))
    }
    points.sort { $0.x == $1.x ? $0.y < $1.y : $0.x < $1.x }
    var (x, y, best) = ([0.0], [0.0], 0.0)
    for point in points {
      best = max(best, point.y)
      x.append(point.x)
      y.append(best)
    }
    return Curve(name, xTitle: "information", yTitle: yTitle, x: x + [1], y: y + [1])
  }

  /// The area under a curve by the trapezoid rule over its own places.
  static func area(of curve: Curve) -> Double {
    let y = curve.y.map { $0 ?? 0 }
    return curve.x.indices.dropFirst().reduce(0) {
      $0 + (curve.x[$1] - curve.x[$1 - 1]) * (y[$1] + y[$1 - 1]) / 2
    }
  }
}

extension [Int] {
  /// A number made from all of them.
  var hashed: UInt64 {
    reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64(truncatingIfNeeded: $1)) &* 0x100_0000_01B3 }
  }
}

extension Subject {
  /// What the model makes of pictures that `change` makes of the image.
  fileprivate func informationPoints(
    _ count: Int, change: (Int, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> [InformationCurve.Point] {
    let bounds = input.bounds ?? (0, 0)
    let shape = input.shape.sample
    var points: [InformationCurve.Point] = []
    for start in stride(from: 0, to: count, by: batchSize) {
      let numbers = start..<min(start + batchSize, count)
      var pictures: [Tensor] = []
      for k in numbers {
        var copy = input
        try copy.withUnsafeMutableScalars { try change(k, $0) }
        pictures.append(copy)
      }
      let batch = Tensor(concatenating: pictures)
      let answers = try probabilities(for: batch)
      points += zip(pictures, answers).map { picture, answer in
        InformationCurve.Point(
          entropy: PictureEntropy(shape: shape, low: bounds.low, high: bounds.high).bits(of: picture),
          probability: answer.probability, isPredicted: answer.isPredicted)
      }
    }
    return points
  }
}
