internal import Support
internal import Synchronization

/// Where a run keeps its results: in memory, or in a folder.
///
/// A run that was cancelled, or another experiment on the same models, images and methods, finds in it what was computed
/// before.
public final class RunStore: Sendable {
  private let store: ResultStore
  private let isInUse = Atomic<Bool>(false)

  /// A store in memory.
  ///
  /// - Throws: `StoreError` if there is no memory for it.
  public init() throws(StoreError) { store = try ResultStore(inMemoryOf: .current) }

  /// The store of a run's folder (`store.sqlite`), which is made if it is absent.
  ///
  /// - Throws: `StoreError` if the folder cannot be used.
  public init(folder: String) throws(StoreError) {
    try DiskSpace.prepare(folder)
    store = try ResultStore(path: RunFolder(folder).storePath)
  }

  /// Gives the store to one run.
  ///
  /// - Throws: `StoreError.failed` if another run of this process uses it; and what `body` throws.
  func use<Value>(_ body: (ResultStore) throws -> Value) throws -> Value {
    guard isInUse.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
    else {
      throw StoreError.failed(
        path: store.path, reason: "found another run in this store, expected none. Try a store of its own")
    }
    defer { isInUse.store(false, ordering: .releasing) }
    return try body(store)
  }
}
