internal import Metrics
internal import SaliencyCore

/// Keeps what figures compute in a store, so that the next run finds it.
///
/// Keys are those of a benchmark's results: whatever decides a value is part of its key.
final class FigureCache {
  private let store: ResultStore
  /// Why something could not be kept or read; nothing is kept from then on.
  private(set) var failure: StoreError?

  init(_ store: ResultStore) { self.store = store }

  /// The value under a key, computed if it is missing.
  func value(_ key: Digest, _ compute: () throws -> Score) throws -> Score {
    if failure == nil {
      do throws(StoreError) {
        if let known = try store.figureValue(key) { return known }
      } catch { failure = error }
    }
    let score = try compute()
    if failure == nil {
      do throws(StoreError) { try store.save(figureValue: score, key: key) } catch { failure = error }
    }
    return score
  }

  /// The attribution under a key, computed if it is missing.
  ///
  /// - Parameter isKept: Whether one that is computed is kept.
  func attribution(_ key: Digest, isKept: Bool, _ compute: () throws -> Attribution) throws -> Attribution {
    if failure == nil {
      do throws(StoreError) {
        if let known = try store.figureMap(key) { return known }
      } catch { failure = error }
    }
    let attribution = try compute()
    if isKept, failure == nil {
      do throws(StoreError) { try store.save(figureMap: attribution, key: key) } catch { failure = error }
    }
    return attribution
  }
}
