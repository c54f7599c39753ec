internal import ArgumentParser
internal import Bench
internal import Foundation

/// What part of an experiment a process works on, and where.
struct ShardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Works on one of N equal parts of the work, in RUN/shards; `saliency cluster merge` merges them.",
      valueName: "K/N"),
    transform: { text in
      do { return try Shard(parsing: text) } catch { throw OptionError("\(error)") }
    })
  var shard: Shard?

  @Option(
    help: ArgumentHelp(
      "Keeps the shard's store on this machine's own disk while it is worked on, and copies it to RUN/shards at "
        + "intervals and at the end.", valueName: "folder"),
    completion: .directory)
  var scratch: String?

  @Option(help: ArgumentHelp("How often the store is copied, in seconds.", valueName: "seconds"))
  var copyEvery: Double = 300

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Takes over what is finished in the stores of these folders, or of the folders in them.",
      valueName: "folder"),
    completion: .directory)
  var reuse: [String] = []

  func validate() throws {
    guard copyEvery >= 0.05, copyEvery.isFinite else {
      throw ValidationError("--copy-every: found \(copyEvery), wanted 0.05 seconds or more")
    }
    if shard == nil, scratch != nil || !reuse.isEmpty {
      throw ValidationError(
        "\(scratch != nil ? "--scratch" : "--reuse") is for shards; wanted --shard K/N with it")
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
