/// Why results cannot be kept.
public enum StoreError: Error, Equatable, CustomStringConvertible {
  /// The folder cannot be made or written to.
  case folderNotWritable(path: String, reason: String)
  case diskFull(path: String)
  /// Too little room to begin with.
  case littleSpace(path: String, freeMegabytes: Int, wantedMegabytes: Int)
  /// The file is something else, or was written by a newer version.
  case notAStore(path: String, reason: String)
  /// A cell holds what no run writes.
  case damaged(path: String, table: String, column: String, found: String, expected: String)
  /// SQLite finds the file damaged.
  case unreadable(path: String, reason: String)
  /// Another process works on another experiment in the same folder.
  case otherExperiment(path: String, process: String)
  /// The store holds another part of the work.
  case otherShard(path: String, found: String, wanted: String)
  case failed(path: String, reason: String)

  public var description: String {
    switch self {
    case .folderNotWritable(let path, let reason):
      "\(path): results cannot be written here (\(reason)); choose another folder with --output"
    case .diskFull(let path):
      "\(path): the disk is full; what was finished is kept, so make room and run the same command again"
    case .littleSpace(let path, let free, let wanted):
      "\(path): \(free) MB are free, wanted at least \(wanted) MB; make room, or choose another folder with --output"
    case .notAStore(let path, let reason): "\(path): no store of results (\(reason))"
    case .damaged(let path, let table, let column, let found, let expected):
      "\(path): the store is damaged: found \(found) in table \(table), column \(column), expected \(expected); "
        + Self.advice
    case .unreadable(let path, let reason): "\(path): the store is damaged: \(reason); \(Self.advice)"
    case .otherExperiment(let path, let process):
      "\(path): process \(process) is at work here on another experiment; wait for it, or choose another folder with "
        + "--output"
    case .otherShard(let path, let found, let wanted):
      "\(path): holds results of \(found), wanted a store of \(wanted); choose another folder with --output, and name this "
        + "one with --reuse to take over what is finished"
    case .failed(let path, let reason): "\(path): \(reason)"
    }
  }

  private static let advice = "use a copy of the file, or delete it and run the experiment again"

  static func damaged(path: String, _ damage: StoreDamage) -> StoreError {
    .damaged(
      path: path, table: damage.table, column: damage.column, found: damage.found, expected: damage.expected)
  }
}
