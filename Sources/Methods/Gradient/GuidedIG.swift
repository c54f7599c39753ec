internal import Configuration
public import SaliencyCore

/// Guided integrated gradients: the path changes first the pixels to which the score is least sensitive.
///
/// Attribution `[N, H, W, C]`: sum over steps of dS_c/dx · (change of x). Each of `steps` steps takes the image
/// nearer to x by 1 / steps of the L1 distance from the baseline, by moving the `fraction` of elements with the
/// smallest gradients; no element strays further than `maxDistance` of its way from the straight path. The values sum
/// to f(x) - f(x') up to the quadrature's error, reported as `completenessGap`.
///
/// A. Kapishnikov et al., "Guided Integrated Gradients", CVPR 2021, arXiv:2106.09788, algorithm 1 and section 3.3;
/// defaults of the authors' code (PAIR saliency).
///
/// - Complexity: for each image `steps` + 1 forward and `steps` backward passes, one after the other.
public struct GuidedIG: GradientMethod {
  public static let descriptor = MethodDescriptor(
    "guided-ig", title: "Guided IG", family: .gradient, paper: "Kapishnikov 2021, arXiv:2106.09788",
    reduction: .sum, isSigned: true)

  /// The number of steps.
  public var steps = 200
  /// The part of the elements that a step changes first.
  public var fraction = 0.25
  /// How far an element may be from the straight path, as a part of its way.
  public var maxDistance = 0.02
  /// Where the path begins.
  public var baseline = Baseline.black

  public init() {}

  /// Guided IG with a number of steps.
  public init(steps: Int) { self.steps = steps }

  public func validate() throws {
    try Self.require("steps", steps, in: 1...Self.largestCount)
    try Self.require("fraction", fraction, in: 0...1)
    try Self.require("maxDistance", maxDistance, in: 0...1)
  }

  public var expectedPasses: Passes { Passes(forward: steps + 1, backward: steps) }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let parts = try (0..<request.inputs.batchSize).map { try integrate(request, sample: $0) }
    return Attribution(Tensor(concatenating: parts.map(\.values)), completenessGap: parts.map(\.gap))
  }

  private func integrate(_ request: AttributionRequest, sample n: Int) throws -> (values: Tensor, gap: Float)
  {
    let origin = baseline.image(for: request.model)
    var path = GuidedPath(
      from: origin, to: request.inputs.sample(n), steps: steps, fraction: fraction, maxDistance: maxDistance)
    for step in 0..<steps {
      let point = try request.with(inputs: path.image, explainedAs: n)
      path.advance(step, by: try point.inputGradient().0)
    }
    let start = try request.scores(for: origin, explainedAs: n)[0]
    let rise = Double(request.scores[n]) - Double(start)
    let values = path.attribution
    return (values, Float(abs(values.sum - rise) / max(abs(rise), .leastNormalMagnitude)))
  }
}

/// The path of guided integrated gradients, in double precision: the position, and what was attributed so far.
private struct GuidedPath {
  private let shape: Shape
  private let start, end: [Double]
  private let steps: Int
  private let fraction, maxDistance: Double
  /// The L1 distance from the start to the end.
  private let length: Double
  private var position: [Double]
  private var attributed: [Double]

  /// A relative difference below which two distances are equal.
  private static let tolerance = 1e-9

  init(from start: Tensor, to end: Tensor, steps: Int, fraction: Double, maxDistance: Double) {
    shape = end.shape
    self.start = start.scalars.map { Double($0) }
    self.end = end.scalars.map { Double($0) }
    (self.steps, self.fraction, self.maxDistance) = (steps, fraction, maxDistance)
    position = self.start
    attributed = Array(repeating: 0, count: position.count)
    length = zip(self.start, self.end).reduce(0) { $0 + abs($1.1 - $1.0) }
  }

  var image: Tensor { Tensor(shape: shape, scalars: position.map { Float($0) }) }

  var attribution: Tensor { Tensor(shape: shape, scalars: attributed.map { Float($0) }) }

  /// One step: moves elements until the distance to the end is what the step wants.
  mutating func advance(_ step: Int, by gradient: Tensor) {
    guard length > 0 else { return }
    let slope = gradient.scalars.map { Double($0) }
    var size = slope.map(abs)
    let part = Double(step + 1) / Double(steps)
    let (least, most) = (max(part - maxDistance, 0), min(part + maxDistance, 1))
    let wanted = length * (1 - part)
    // Each round but the last exhausts elements: there are never more rounds than that.
    for _ in 0...position.count {
      let before = position
      catchUp(to: least)
      let distance = zip(position, end).reduce(0) { $0 + abs($1.1 - $1.0) }
      let isThere = abs(distance - wanted) <= max(Self.tolerance * max(distance, wanted), Self.tolerance)
      let isLast = isThere || distance < wanted || move(&size, at: most, by: distance - wanted)
      for i in position.indices { attributed[i] += (position[i] - before[i]) * slope[i] }
      if isLast { return }
    }
  }

  /// Moves elements that fell behind a part of the straight path to it.
  private mutating func catchUp(to least: Double) {
    for i in position.indices where start[i] != end[i] {
      let part = (position[i] - start[i]) / (end[i] - start[i])
      if part < least { position[i] = start[i] + (end[i] - start[i]) * least }
    }
  }

  /// Moves the elements with the smallest gradients towards a part of the straight path, together by at most `distance`.
  ///
  /// - Returns: Whether they came that far.
  private mutating func move(_ size: inout [Double], at most: Double, by distance: Double) -> Bool {
    func limit(_ i: Int) -> Double { start[i] + (end[i] - start[i]) * most }
    for i in size.indices where position[i] == limit(i) { size[i] = .infinity }
    let threshold = size.smallest(Int(fraction * Double(size.count - 1)))
    let chosen = size.indices.filter { size[$0] <= threshold && size[$0] < .infinity }
    let room = chosen.reduce(0) { $0 + abs(limit($1) - position[$1]) }
    guard room > 0 else { return chosen.isEmpty }
    let share = min(distance / room, 1)
    for i in chosen { position[i] = share == 1 ? limit(i) : position[i] + (limit(i) - position[i]) * share }
    return distance <= room
  }
}

extension [Double] {
  /// The element at a position of the sorted array, found by partitioning.
  fileprivate func smallest(_ position: Int) -> Double {
    var (values, low, high) = (self, 0, count - 1)
    while low < high {
      let pivot = values[(low + high) / 2]
      var (i, j) = (low, high)
      while i <= j {
        while values[i] < pivot { i += 1 }
        while values[j] > pivot { j -= 1 }
        if i <= j {
          values.swapAt(i, j)
          i += 1
          j -= 1
        }
      }
      if position <= j { high = j } else if position >= i { low = i } else { break }
    }
    return values[position]
  }
}
