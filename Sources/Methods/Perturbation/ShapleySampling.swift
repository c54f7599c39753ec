internal import Configuration
public import SaliencyCore

/// Shapley sampling: the mean gain of the score when a segment joins those before it, over random orders.
///
/// phi_i = mean over orders of f(segments up to i) - f(segments before i); the values sum to f(x) - f(covered). Up to `exactSegments` segments
/// M the mean is taken over all orders, from the scores of all 2^M coalitions. Map `[N, H, W, 1]`: at each pixel the value of its segment.
///
/// J. Castro, D. Gómez, J. Tejada, "Polynomial calculation of the Shapley value based on sampling", Computers & Operations Research 2009,
/// doi:10.1016/j.cor.2008.04.004; L. Shapley 1953. Captum takes 25 orders; here 20, about 1,000 passes for 50 segments.
///
/// - Complexity: `orders` x (segments - 1) + 1 forward passes, or 2^M - 1 in the exact case.
public struct ShapleySampling: SegmentMethod {
  public static let descriptor = MethodDescriptor(
    "shapley-sampling", title: "Shapley sampling", family: .perturbation,
    paper: "Castro 2009, doi:10.1016/j.cor.2008.04.004", reduction: .sum, isSigned: true)

  /// How the image is cut.
  public var segmentation = Segmentation.slic
  /// About how many segments.
  public var segments = 50
  /// What a segment is covered with.
  public var fill = PerturbationFill.zero
  /// How many orders are drawn.
  public var orders = 20
  /// Up to how many segments all orders are used.
  public var exactSegments = 12
  /// The seed of the orders.
  public var seed: UInt64 = 0

  public init() {}

  public init(segmentation: Segmentation, segments: Int, orders: Int = 20, exactSegments: Int = 12) {
    (self.segmentation, self.segments) = (segmentation, segments)
    (self.orders, self.exactSegments) = (orders, exactSegments)
  }

  public func validate() throws {
    try validateSegments()
    try Self.require("orders", orders, in: 1...Self.largestCount)
    try Self.require("exactSegments", exactSegments, in: 0...20)
  }

  public func passes(segments: Int) -> Int {
    segments <= exactSegments ? 1 << segments - 1 : orders * (segments - 1) + 1
  }

  public func values(of game: SegmentGame) throws -> [Double] {
    if game.count <= exactSegments { return try exact(game) }
    let drawn = (0..<orders).map { game.random($0).permutation(of: game.count) }
    return try means(of: game, over: drawn)
  }

  /// The mean gains over some orders of the players.
  func means(of game: SegmentGame, over orders: [[Int]]) throws -> [Double] {
    let count = game.count
    let empty = try game.values([[Bool](repeating: false, count: count)])[0]
    let scores = try game.values(count: orders.count * (count - 1)) { number in
      var coalition = [Bool](repeating: false, count: count)
      for player in orders[number / (count - 1)][...(number % (count - 1))] { coalition[player] = true }
      return coalition
    }
    var totals = [Double](repeating: 0, count: count)
    for (number, order) in orders.enumerated() {
      var before = empty
      for (place, player) in order.enumerated() {
        let after = place == count - 1 ? game.whole : scores[number * (count - 1) + place]
        totals[player] += after - before
        before = after
      }
    }
    return totals.map { $0 / Double(orders.count) }
  }

  private func exact(_ game: SegmentGame) throws -> [Double] {
    let count = game.count
    let full = 1 << count - 1
    let scores =
      try game.values(count: full) { bits in (0..<count).map { bits >> $0 & 1 == 1 } } + [game.whole]
    // |S|! (M - |S| - 1)! / M!
    let weights = (0..<count).map { size in
      (0..<size).reduce(1 / Double(count)) { $0 * Double($1 + 1) / Double(count - 1 - $1) }
    }
    return (0..<count).map { player in
      (0...full).reduce(0) { total, bits in
        guard bits >> player & 1 == 0 else { return total }
        return total + weights[bits.nonzeroBitCount] * (scores[bits | 1 << player] - scores[bits])
      }
    }
  }
}
