internal import Foundation
internal import SaliencyCore
internal import Synchronization

/// Keeps the process's memory under a limit by letting units wait for each other, and by smaller batches.
///
/// Neither changes a result. A unit's need is estimated from the network's size; what the process holds before the first
/// is read from the system.
final class MemoryBudget: Sendable {
  /// The most that the process may hold, in bytes; nil for no limit.
  let limit: Int?
  private let promised = Mutex<[Int: Int]>([:])
  private let tickets = Atomic<Int>(0)

  init(limit: Int?) { self.limit = limit }

  /// What a unit of work may need at once, in bytes, with batches of `batch` images.
  ///
  /// The values of every node of a batch, as much again for their gradients, half of it for workspace, twice over for the
  /// question's own tape and what metrics keep for all methods (64 MB at most each), and some.
  static func need(of model: Model, batch: Int) -> Int {
    let image = model.activationCount * MemoryLayout<Float>.stride
    return image * batch * 5 / 2 + 2 * min(image * 8, 64 << 20) + image + 48 << 20
  }

  /// The batch size that lets a unit fit, and how many units then fit at once.
  ///
  /// - Returns: nil where not even one image fits.
  func fit(_ model: Model, jobs: Int, held: Int = ResidentMemory.now) -> (batch: Int, units: Int)? {
    guard let limit else { return (model.microBatch, jobs) }
    let room = limit - held
    func units(_ batch: Int) -> Int { room / Self.need(of: model, batch: batch) }
    guard units(1) >= 1 else { return nil }
    // As many units as there are workers, if batches need not shrink below two for it.
    var batch = model.microBatch
    while batch > 2, units(batch) < jobs { batch = (batch + 1) / 2 }
    while batch > 1, units(batch) < 1 { batch -= 1 }
    return (batch, min(jobs, max(units(batch), 1)))
  }

  /// Runs a unit once there is room for its need; a unit that runs alone need not wait.
  func run<T>(needing need: Int, _ body: () throws -> T) rethrows -> T {
    guard let limit else { return try body() }
    let ticket = tickets.add(1, ordering: .relaxed).newValue
    while !admit(ticket, need, limit) { usleep(5_000) }
    defer { promised.withLock { $0[ticket] = nil } }
    return try body()
  }

  private func admit(_ ticket: Int, _ need: Int, _ limit: Int) -> Bool {
    promised.withLock { promised in
      guard promised.isEmpty || base.load(ordering: .relaxed) + promised.values.reduce(need, +) <= limit
      else {
        return false
      }
      promised[ticket] = need
      return true
    }
  }

  /// Takes what the process holds now for what it always holds: models, packed weights, the data set.
  func settle() { base.store(ResidentMemory.now, ordering: .relaxed) }

  private let base = Atomic<Int>(ResidentMemory.now)
}

extension Model {
  /// One pass forward and back, whose answer nobody wants.
  func rehearse() throws {
    let blank = Tensor(repeating: 0, shape: inputShape.batched(1))
    _ = try Explanation(self, inputs: blank, targets: [.index(0)], reach: .pixels).inputGradient()
  }
}
