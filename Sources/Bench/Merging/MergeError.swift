internal import GRDB

/// Why stores cannot be put together.
public enum MergeError: Error, Equatable, CustomStringConvertible {
  case noStores
  case noStore(path: String)
  /// Two stores were not made of the same: what differs, what the first has, what the second.
  case differs(
    what: String, first: String, firstValue: String, second: String, secondValue: String, advice: String)
  /// Another merge into the same folder is at work.
  case busy(path: String)

  public var description: String {
    switch self {
    case .noStores: "no stores were named; wanted the folders of shards, as in results/NAME/shards/*"
    case .noStore(let path):
      "\(path): there is no store.sqlite; wanted the folder of a shard or a run"
    case .differs(let what, let first, let a, let second, let b, let advice):
      "the stores were not made of the same: \(what) is \(a) in \(first) and \(b) in \(second); \(advice)"
    case .busy(let path): "\(path): another process is merging into this folder; wait for it"
    }
  }

  /// Whether two stores have the same thing and not with the same content.
  static func isDifference(_ error: any Error) -> Bool {
    error is StoreTransfer.Difference || error is StoreTransfer.PixelDifference
  }

  /// Names the stores and the unit behind a difference.
  static func explain(_ error: any Error, between target: String, and source: MergeSource) -> any Error {
    switch error {
    case let error as StoreTransfer.Difference:
      return source.difference(error, against: target)
    case let error as StoreTransfer.PixelDifference:
      return MergeError.differs(
        what: "what the network saw of \(source.name(of: error.place))", first: "the stores before it",
        firstValue: "one picture", second: source.path, secondValue: "another",
        advice:
          "the data set has changed, or nodes see different copies of it; run the shard again on the same files"
      )
    // What is read of the store that is written to has been checked; so it is the other.
    case let damage as StoreDamage: return StoreError.damaged(path: source.path, damage)
    case let error as MergeError: return error
    default: return ResultStore.explain(error, path: target)
    }
  }
}
