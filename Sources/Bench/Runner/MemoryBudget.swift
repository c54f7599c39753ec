internal import Foundation
internal import SaliencyCore
internal import Synchronization

/// Keeps the process's memory under a limit by letting units wait for each other, and by smaller batches.
///
/// Neither changes a result. What a unit needs is measured before the run (`UnitMemory`); what the process holds before the
/// first unit is read from the system.
final class MemoryBudget: Sendable {
  /// The most that the process may hold, in bytes; nil for no limit.
  let limit: Int?
  /// Bytes that the run will hold from some time on, whichever unit is at work.
  let reserved: Int
  private let promised = Mutex<[Int: Int]>([:])
  private let tickets = Atomic<Int>(0)

  init(limit: Int?, reserved: Int = 0) {
    self.limit = limit
    self.reserved = reserved
  }

  /// The batch size that lets a unit fit, and how many units then fit at once.
  ///
  /// - Parameter most: The largest batch that is of use.
  /// - Returns: nil if not even one image fits.
  func fit(
    _ unit: UnitMemory, most: Int, jobs: Int, held: Int = ResidentMemory.now
  ) -> (batch: Int, units: Int)? {
    guard let limit else { return (most, jobs) }
    let room = limit - held - reserved
    func units(_ batch: Int) -> Int { room / unit.need(batch: batch) }
    guard units(1) >= 1 else { return nil }
    // As many units as there are workers, if batches need not shrink below two for it.
    var batch = most
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
      guard
        promised.isEmpty
          || base.load(ordering: .relaxed) + reserved + promised.values.reduce(need, +) <= limit
      else {
        return false
      }
      promised[ticket] = need
      return true
    }
  }

  /// Takes what the process holds now for what it always holds: models, packed weights, the dataset.
  func settle() { base.store(ResidentMemory.now, ordering: .relaxed) }

  private let base = Atomic<Int>(ResidentMemory.now)
}
