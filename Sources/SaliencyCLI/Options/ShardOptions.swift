internal import ArgumentParser
internal import Bench
internal import Foundation

/// The shard that a process computes, and where its store is.
struct ShardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Work on one of N equal parts of the work, in RUN/shards; `saliency cluster merge` merges them.",
      valueName: "K/N"),
    transform: { text in
      do { return try Shard(parsing: text) } catch { throw OptionError("\(error)") }
    })
  var shard: Shard?

  @Option(
    help: ArgumentHelp(
      "Keep the shard's store in a folder on this machine's disk, and copy it to RUN/shards at intervals and at the end.",
      valueName: "folder"),
    completion: .directory)
  var scratch: String?

  @Option(help: ArgumentHelp("The time between two copies of the store.", valueName: "seconds"))
  var copyEvery: Double = 300

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Use finished results of the stores in these folders, or in the folders below them.",
      valueName: "folder"),
    completion: .directory)
  var reuse: [String] = []

  func validate() throws {
    try Self.validate(copyEvery: copyEvery)
    if shard == nil, scratch != nil || !reuse.isEmpty {
      throw ValidationError(
        "\(scratch != nil ? "--scratch" : "--reuse") is for shards; wanted --shard K/N with it")
    }
  }

  static func validate(copyEvery: Double) throws {
    guard copyEvery >= 0.05, copyEvery.isFinite else {
      throw ValidationError("--copy-every: found \(copyEvery), wanted 0.05 seconds or more")
    }
  }
}

extension Shard {
  /// Checks a number of shards, as `--array` gives it.
  static func validate(count: Int?) throws {
    if let count, !(1...most).contains(count) {
      throw ValidationError("--array: found \(count), expected a number from 1 to \(most)")
    }
  }
}
