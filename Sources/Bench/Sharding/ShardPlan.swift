internal import Foundation
internal import SaliencyCore
internal import Support

/// What a part of an experiment's work comes to, before it is done.
public struct ShardLoad: Sendable, Equatable {
  public let shard: Shard
  public let units: Int
  /// Its part of the whole cost, by counted passes.
  public let share: Double
}

extension RunPlan {
  /// What each of N shards comes to.
  public func loads(ofShards count: Int) -> [ShardLoad] {
    let line = plan.line
    return line.loads(of: count).enumerated().compactMap { i, load in
      guard let shard = try? Shard(i + 1, of: count) else { return nil }
      return ShardLoad(
        shard: shard, units: load.units, share: Double(load.length) / Double(max(line.total, 1)))
    }
  }

  /// How many units of work there are in all.
  public var unitCount: Int { plan.places.count * plan.methods.count }

  /// What each model is asked in all and in the mean of its requests, by counting.
  var costSummary: [String] {
    let lengths = UnitLengths(plan)
    return plan.models.indices.compactMap { i in
      let model = plan.models[i]
      let (passes, requests) = lengths.passes(model: i)
      guard requests > 0 else { return nil }
      let mean = NumberText.fixed(Double(passes.total) / Double(requests), 1)
      let millions = NumberText.fixed(Double(model.model.multiplications) / 1e6, 1)
      return
        "counted cost of \(model.name): \(passes.forward) passes forward and \(passes.backward) back, \(mean) a request, "
        + "of \(millions) million multiplications"
    }
  }

  var shardSummary: [String] {
    guard let shard = share.shard else { return [] }
    let load = loads(ofShards: shard.count)[shard.index - 1]
    let percent = NumberText.fixed(100 * load.share, 2)
    let passes = UnitLengths(plan).passes(of: share)
    return [
      "shard \(shard): \(load.units) units, \(percent)% of the counted cost, \(passes.forward) passes forward and "
        + "\(passes.backward) back"
    ]
  }
}
