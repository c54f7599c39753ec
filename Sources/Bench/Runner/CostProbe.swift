internal import Foundation
internal import GRDB
internal import SaliencyCore

/// What a method costs: measured alone, before the run, for beside other work nothing can be timed.
struct MethodCost: Sendable, Equatable {
  /// The median over some answers, each from the image on, its forward pass included, with every processor.
  var seconds: Double
  /// How much more memory the process held at the worst, in bytes; 0 where the system does not say.
  var peak: Int
}

extension Runner {
  /// Times every method on each model's first image, where that has not been done.
  func measureCosts() throws(StoreError) {
    for (index, model) in plan.models.enumerated() {
      let known = try store.costs(of: plan.methods.map { plan.costKey($0, model) })
      let missing = plan.methods.filter { known[plan.costKey($0, model)] == nil && $0.suits(model) }
      guard !missing.isEmpty, let request = firstRequest(of: index, model) else { continue }
      for method in missing {
        let layer = plan.layer(of: method, in: model)
        let cost = Self.cost {
          // What does not look at the model needs no forward pass; the others share one only by being run together.
          let asked =
            method.isControl
            ? try request.variant(layer: layer, score: method.choice.score).request
            : try request.askedAnew(layer: layer, score: method.choice.score)
          _ = try method.choice.method.attribution(for: asked)
        }
        guard let cost else { continue }
        try store.save(cost, of: plan.costKey(method, model))
      }
    }
  }

  private func firstRequest(of index: Int, _ model: BenchModel) -> OpenRequest? {
    for place in share.places.lazy.filter({ $0.model == index }).prefix(3) {
      if case .open(let request, _) = OpenRequest.open(place, of: plan, model: model) { return request }
    }
    return nil
  }

  /// - Returns: nil where the method fails.
  private static func cost(_ answer: () throws -> Void) -> MethodCost? {
    var times: [Double] = []
    let canReset = ResidentMemory.resetPeak()
    let before = ResidentMemory.now
    let clock = ContinuousClock()
    let start = clock.now
    // Up to five answers in up to half a second; one, however long it takes.
    repeat {
      let begin = clock.now
      guard (try? answer()) != nil else { return nil }
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
  /// What a method's cost on a model is kept under, whatever the image.
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
