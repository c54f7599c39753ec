internal import Foundation

/// One of several equal parts of an experiment's work: `3/8`.
public struct Shard: Sendable, Hashable, Comparable {
  /// From 1 to `count`.
  public let index: Int
  public let count: Int

  /// - Throws: `ShardError.malformed` where there is no such part.
  public init(_ index: Int, of count: Int) throws(ShardError) {
    guard count >= 1, count <= Self.most, index >= 1, index <= count else {
      throw .malformed("\(index)/\(count)")
    }
    self.index = index
    self.count = count
  }

  /// Reads `K/N`.
  ///
  /// - Throws: `ShardError.malformed`.
  public init(parsing text: String) throws(ShardError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1] else { throw .malformed(text) }
    do { try self.init(index, of: count) } catch { throw .malformed(text) }
  }

  /// The most parts that make sense: Slurm itself takes no larger arrays.
  public static let most = 1_000_000

  /// What the shard's folder is called: `0003-of-0008`.
  public var folderName: String {
    let width = max("\(count)".count, 4)
    func padded(_ number: Int) -> String {
      String(repeating: "0", count: width - "\(number)".count) + "\(number)"
    }
    return "\(padded(index))-of-\(padded(count))"
  }

  /// The shard whose folder has a name; nil if it is none.
  public init?(folderName: String) {
    let parts = folderName.components(separatedBy: "-of-").map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1],
      let shard = try? Shard(index, of: count), shard.folderName == folderName
    else { return nil }
    self = shard
  }

  /// Whether a shard, perhaps of another division, has units of this one.
  public func overlaps(_ other: Shard) -> Bool {
    (index - 1) * other.count < other.index * count && (other.index - 1) * count < index * other.count
  }

  public static func < (a: Shard, b: Shard) -> Bool { (a.count, a.index) < (b.count, b.index) }
}

extension Shard: CustomStringConvertible {
  public var description: String { "\(index)/\(count)" }
}

/// What is wrong with a part of the work, or with a store that holds one.
public enum ShardError: Error, Equatable, CustomStringConvertible {
  case malformed(String)
  /// The copy on the shared file system could not be written.
  case notPublished(path: String, reason: String)

  public var description: String {
    switch self {
    case .malformed(let text):
      "shard: found \"\(text)\", wanted K/N with K from 1 to N, as in 3/8"
    case .notPublished(let path, let reason):
      "\(path): the shard's store could not be copied here (\(reason)); what was computed is in the folder of --scratch, "
        + "so make room or mend the file system and run the same command again"
    }
  }
}
