internal import SaliencyCore

/// What one process is to do of an experiment: all of it, or a shard.
struct WorkShare: Sendable {
  /// In the order in which they are asked.
  let places: [RequestPlace]
  let unitCount: Int
  /// Nil for every method of every request.
  let shard: Shard?
  private let methodCount: Int
  private let ranges: [RequestPlace: Range<Int>]

  /// All of it, in the experiment's order.
  init(wholeOf plan: WorkPlan) {
    places = plan.places
    methodCount = plan.methods.count
    unitCount = places.count * methodCount
    shard = nil
    ranges = [:]
  }

  init(_ shard: Shard, of plan: WorkPlan) {
    self.init(shard, shares: plan.line.shares(of: shard))
  }

  init(_ shard: Shard, shares: [WorkLine.Share]) {
    self.shard = shard
    places = shares.map(\.place)
    methodCount = 0
    ranges = Dictionary(uniqueKeysWithValues: shares.map { ($0.place, $0.methods) })
    unitCount = shares.reduce(0) { $0 + $1.methods.count }
  }

  /// The methods to ask about a request, as places in the plan's list.
  func methods(at place: RequestPlace) -> Range<Int> {
    shard == nil ? 0..<methodCount : ranges[place] ?? 0..<0
  }
}
