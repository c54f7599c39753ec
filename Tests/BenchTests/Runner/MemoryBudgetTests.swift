import Foundation
import SaliencyCore
import Support
import Synchronization
import TestSupport
import Testing

@testable import Bench

@Suite struct MemoryBudgetTests {
  /// Thirty megabytes of activations for each image, or 60,000 floats.
  func model(large: Bool) throws -> Model {
    let side = large ? 512 : 64
    var net = NetworkBuilder(input: [side, side, 3], seed: 1)
    return try TinyNetworks.chain(
      [side, side, 3],
      [
        ("conv", net.convolutionLayer(inputs: 3, filters: 12)), ("relu", ReLU()),
        ("pool", GlobalAveragePool2D()),
        ("dense", Dense(kernel: net.normal([12, 3]), bias: net.normal([3]))),
        ("softmax", Softmax()),
      ], name: "net")
  }

  @Test func withoutALimitTheModelDecides() throws {
    let model = try model(large: false)
    let fit = try #require(MemoryBudget(limit: nil).fit(model, jobs: 3))
    #expect(fit.batch == model.microBatch && fit.units == 3 && fit.batch > 4)
  }

  @Test(arguments: [true, false]) func whatIsChosenFits(large: Bool) throws {
    let model = try model(large: large)
    let held = 50 << 20
    for megabytes in stride(from: 60, through: 2000, by: 20) {
      let limit = megabytes << 20
      guard let fit = MemoryBudget(limit: limit).fit(model, jobs: 4, held: held) else {
        #expect(held + MemoryBudget.need(of: model, batch: 1) > limit, "one image would have fitted")
        continue
      }
      #expect(held + fit.units * MemoryBudget.need(of: model, batch: fit.batch) <= limit)
      #expect((1...model.microBatch).contains(fit.batch) && (1...4).contains(fit.units))
    }
  }

  @Test func moreMemoryNeverMeansLess() throws {
    let model = try model(large: true)
    var last = (batch: 0, units: 0)
    for megabytes in stride(from: 100, through: 3000, by: 50) {
      guard let fit = MemoryBudget(limit: megabytes << 20).fit(model, jobs: 4, held: 50 << 20) else {
        continue
      }
      #expect(fit.units >= last.units, "\(megabytes) MB")
      last = fit
    }
    #expect(last.units == 4)
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
