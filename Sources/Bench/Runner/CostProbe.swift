internal import Foundation
internal import GRDB
internal import SaliencyCore

/// The cost of a method, measured before the run while nothing else computes.
struct MethodCost: Sendable, Equatable {
  /// The median time of one map, with its forward pass, on all processors.
  var seconds: Double
  /// The largest additional memory of the process, in bytes; 0 if the system does not report it.
  var peak: Int
}

extension Runner {
  /// Times every method on each model's first image, unless the store has its cost.
  func measureCosts() throws(StoreError) {
    for (index, model) in plan.models.enumerated() {
      let known = try store.costs(of: plan.methods.map { plan.costKey($0, model) })
      let missing = plan.methods.filter { known[plan.costKey($0, model)] == nil && $0.suits(model) }
      guard !missing.isEmpty, let request = firstRequest(of: index, model) else { continue }
      for method in missing {
        let layer = plan.layer(of: method, in: model)
        let cost = Self.cost {
          // Controls read no forward pass. Other methods share one only within a run.
          let attributionRequest =
            method.isControl
            ? try request.variant(layer: layer, score: method.choice.score).request
            : try request.newRequest(layer: layer, score: method.choice.score)
          _ = try method.choice.method.attribution(for: attributionRequest)
        }
        guard let cost else { continue }
        try store.save(cost, of: plan.costKey(method, model))
      }
    }
  }

  private func firstRequest(of index: Int, _ model: BenchModel) -> OpenRequest? {
    for place in share.places.lazy.filter({ $0.model == index }).prefix(3) {
      if case .open(let request, _) = PlacedRequest.open(place, of: plan, model: model) {
        return request.open
      }
    }
    return nil
  }

  /// - Returns: nil if the method fails.
  private static func cost(_ compute: () throws -> Void) -> MethodCost? {
    var times: [Double] = []
    let canReset = ResidentMemory.resetPeak()
    let before = ResidentMemory.now
    let clock = ContinuousClock()
    let start = clock.now
    // At least one map, then up to five within half a second.
    repeat {
      let begin = clock.now
      guard (try? compute()) != nil else { return nil }
      times.append((clock.now - begin) / .seconds(1))
    } while times.count < 5 && clock.now - start < .milliseconds(500)
    let peak = canReset ? ResidentMemory.peak ?? 0 : 0
    return MethodCost(seconds: times.sorted()[times.count / 2], peak: max(peak - before, 0))
  }
}

extension WorkPlan.Method {
  func suits(_ model: BenchModel) -> Bool { choice.method.isSuitable(for: model.model) }
}

extension WorkPlan {
  func costKey(_ method: Method, _ model: BenchModel) -> Digest {
    unitKey(method, model).cost
  }
}

extension UnitKey {
  /// The key of a method's cost on a model.
  var cost: Digest {
    Digest { feed in
      feed.add("cost")
      feed.add(code)
      feed.add(model)
      feed.add(layer ?? "")
      feed.add(method)
    }
  }
}

extension ResultStore {
  func save(_ cost: MethodCost, of key: Digest) throws(StoreError) {
    try write {
      try $0.execute(
        sql: "INSERT OR IGNORE INTO costs VALUES (?, ?, ?)", arguments: [key.data, cost.seconds, cost.peak])
    }
  }

  func costs(of keys: [Digest]) throws(StoreError) -> [Digest: MethodCost] {
    try read { db in
      var found: [Digest: MethodCost] = [:]
      for key in keys {
        let row = try StoredRow.first(
          db, in: "costs", "SELECT seconds, peak FROM costs WHERE key = ?", [key.data])
        found[key] = try row.map { MethodCost(seconds: try $0.value("seconds"), peak: try $0.value("peak")) }
      }
      return found
    }
  }
}
