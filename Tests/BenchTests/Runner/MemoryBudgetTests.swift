import Foundation
import SaliencyCore
import Support
import Synchronization
import TestSupport
import Testing

@testable import Bench

@Suite struct MemoryBudgetTests {
  static let small = UnitMemory(pass: 1 << 20)
  static let large = UnitMemory(pass: 30 << 20, shared: 12 << 20)

  @Test func withoutALimitTheModelDecides() throws {
    let fit = try #require(MemoryBudget(limit: nil).fit(Self.large, most: 7, jobs: 3))
    #expect(fit.batch == 7 && fit.units == 3)
  }

  @Test(arguments: [small, large]) func whatIsChosenFits(unit: UnitMemory) {
    let (held, reserved) = (50 << 20, 10 << 20)
    for megabytes in stride(from: 60, through: 2000, by: 20) {
      let limit = megabytes << 20
      guard
        let fit = MemoryBudget(limit: limit, reserved: reserved).fit(unit, most: 16, jobs: 4, held: held)
      else {
        #expect(held + reserved + unit.need(batch: 1) > limit, "one image would have fitted")
        continue
      }
      #expect(held + reserved + fit.units * unit.need(batch: fit.batch) <= limit)
      #expect((1...16).contains(fit.batch) && (1...4).contains(fit.units))
    }
  }

  @Test func moreMemoryNeverMeansLess() {
    var last = 0
    for megabytes in stride(from: 100, through: 3000, by: 50) {
      guard let fit = MemoryBudget(limit: megabytes << 20).fit(Self.large, most: 8, jobs: 4, held: 50 << 20)
      else { continue }
      #expect(fit.units >= last, "\(megabytes) MB")
      last = fit.units
    }
    #expect(last == 4)
  }

  /// What metrics and methods of an experiment add to a pass.
  @Test func anExperimentSaysWhatItsUnitsKeep() throws {
    let model = try TinyNetworks.vgg()
    func unit(_ methods: String, _ metrics: String) throws -> (UnitMemory, weights: Int) {
      let text = "name: e\nmodels: m\nimages: p\nmethods: \(methods)\nmetrics: \(metrics)\ncontrols: none"
      let experiment = try Experiment(parsing: text, file: "e.yaml", catalogs: standardCatalogs)
      return (UnitMemory(model, experiment, pass: 1000), experiment.metricMemory(of: model))
    }
    let (plain, weights) = try unit("gradient", "sparseness")
    #expect(plain == UnitMemory(pass: 1000) && weights == 0)
    let (noisy, _) = try unit("[gradient, { method: cam, score: output }]", "infidelity(samples=10)")
    #expect(noisy.tapes == 2 && noisy.shared == 10 * model.inputShape.count * 4)
    let (randomised, again) = try unit("gradient", "cascading-randomisation")
    #expect(randomised.shared > 0 && again == 5 * 20 * model.graph.parameterCount, "five re-initialisations")
  }

  @Test func unitsWaitForEachOther() throws {
    let budget = MemoryBudget(limit: ResidentMemory.now + (64 << 20))
    budget.settle()
    let most = Counter()
    WorkerThread.run(4) {
      for _ in 0..<5 { budget.run(needing: 30 << 20) { most.pass() } }
    }
    #expect(most.highest <= 2)
  }
}

/// How many threads were at one place at once.
private final class Counter: Sendable {
  private let state = Mutex((now: 0, highest: 0))

  var highest: Int { state.withLock(\.highest) }

  func pass() {
    state.withLock {
      $0.now += 1
      $0.highest = max($0.highest, $0.now)
    }
    usleep(2_000)
    state.withLock { $0.now -= 1 }
  }
}
