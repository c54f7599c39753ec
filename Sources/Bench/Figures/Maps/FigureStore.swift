internal import Metrics
internal import SaliencyCore

/// Keeps the values and maps of figures in a store, so that a second run computes none of them.
///
/// Keys are those of a benchmark's results: everything that a value depends on is part of its key.
final class FigureStore {
  private let store: ResultStore
  /// The first error of the store; nothing is read or written after it.
  private(set) var failure: StoreError?

  init(_ store: ResultStore) { self.store = store }

  /// The value under a key, computed if it is missing.
  func value(_ key: Digest, _ compute: () throws -> Score) throws -> Score {
    if let known = attempt({ () throws(StoreError) in try store.figureValue(key) }) { return known }
    let score = try compute()
    _ = attempt { () throws(StoreError) -> Void? in try store.save(figureValue: score, key: key) }
    return score
  }

  /// The attribution under a key, computed if it is missing.
  ///
  /// - Parameter isKept: Whether a computed attribution is saved.
  func attribution(_ key: Digest, isKept: Bool, _ compute: () throws -> Attribution) throws -> Attribution {
    if let known = attempt({ () throws(StoreError) in try store.figureMap(key) }) { return known }
    let attribution = try compute()
    guard isKept else { return attribution }
    _ = attempt { () throws(StoreError) -> Void? in try store.save(figureMap: attribution, key: key) }
    return attribution
  }

  private func attempt<Value>(_ body: () throws(StoreError) -> Value?) -> Value? {
    guard failure == nil else { return nil }
    do {
      return try body()
    } catch {
      failure = error
      return nil
    }
  }
}
