import ArgumentParser
import Bench
import Foundation
import Methods

/// Stores of shards with made-up numbers, merged: how long, how large, how much memory.
struct Scale: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes shards of any size with made-up numbers, merges them, and says what that took.",
    discussion: "Example: saliency-check scale --rows 50000000 --shards 100 --output /tmp/scale")

  @Option(help: "Rows of scores in all.")
  var rows = 50_000_000

  @Option(help: "Into how many stores they are divided.")
  var shards = 100

  @Option(help: "Points of curves for each unit of work; 0 for none.")
  var points = 0

  @Option(help: "Draws of the bootstrap, for the tables.")
  var resamples = 2_000

  @Option(help: "Draws of the permutation test, for the tables.")
  var permutations = 10_000

  @Option(help: "How many units the merge moves in one transaction.")
  var units: Int?

  @Option(help: "The folder of the run that is made.")
  var output: String

  @Option(
    help:
      "What is done: `write` makes the stores that are not there, `merge` and `tables` are what is measured.")
  var steps = "write,merge,tables"

  private var text: String {
    """
    name: scale
    models: [model.h5]
    images: { bundled: scenes-test }
    targets: top
    methods: all
    metrics: all
    statistics: { resamples: \(resamples), permutations: \(permutations) }
    """
  }

  func run() throws {
    let catalogs = Catalogs(methods: .standard)
    let experiment = try Experiment(parsing: text, file: "scale.yaml", catalogs: catalogs)
    let methods = experiment.methods.count + experiment.controls.count
    let one = SyntheticShards(experiment, images: 1, shards: 1, points: points)
    let images = max(rows / (one.rowsOfUnit * methods), 1)
    let synthetic = SyntheticShards(experiment, images: images, shards: shards, points: points)
    print(
      "\(images) images x \(methods) methods and controls x \(experiment.metrics.count) metrics "
        + "(\(one.rowsOfUnit) numbers): \(synthetic.unitCount) units, \(synthetic.unitCount * one.rowsOfUnit) rows"
    )
    let steps = Set(steps.split(separator: ",").map(String.init))
    if steps.contains("write") {
      try measured("write") { for index in 1...shards { try synthetic.write(index, to: output) } }
    }
    let folders = ShardFolder(output).present.map { ShardFolder(output).folder(of: $0) }
    let bytes = folders.reduce(0) { $0 + ScaleMeasures.bytes(ofStoreIn: $1) }
    print("stores: \(bytes >> 20) MB, \(bytes / (synthetic.unitCount * one.rowsOfUnit)) bytes a row")
    if steps.contains("merge") {
      try measured("merge") {
        let merge = try units.map { try StoreMerge(folders, output: output, unitsAtOnce: $0) }
        guard let summary = try (merge ?? StoreMerge(folders, output: output)).run() else { return }
        print("merged: \(summary.units) of \(summary.expected) units, \(summary.missing) missing")
      }
      print(
        "run: \(ScaleMeasures.bytes(ofStoreIn: output) >> 20) MB, \(try ScaleMeasures.rows(ofStoreIn: output)) rows"
      )
    }
    if steps.contains("tables") {
      try measured("tables") { _ = try RunFolder(output).table(.csv, catalogs: catalogs) }
    }
  }

  /// Runs something and says how long it took and the most memory that was held meanwhile.
  private func measured(_ name: String, _ body: () throws -> Void) rethrows {
    ScaleMeasures.resetPeakMemory()
    let (start, before, written) = (Date(), Self.processorSeconds, Self.bytesWritten)
    try body()
    let seconds = String(format: "%.1f", Date().timeIntervalSince(start))
    let busy = String(format: "%.1f", Self.processorSeconds - before)
    let peak = ScaleMeasures.peakMemory.map { "\($0 >> 20) MB" } ?? "unknown"
    let megabytes = Self.bytesWritten.flatMap { now in written.map { "\((now - $0) >> 20) MB" } } ?? "unknown"
    print(
      "\(name): \(seconds) s, of which the processor was busy \(busy) s; peak memory \(peak); written \(megabytes)"
    )
    fflush(nil)
  }

  /// What this process has given to the system to write, so far.
  private static var bytesWritten: Int? {
    (try? String(contentsOfFile: "/proc/self/io", encoding: .utf8))?.split(separator: "\n")
      .first { $0.hasPrefix("wchar:") }.flatMap { Int($0.dropFirst(7)) }
  }

  /// User and system time of this process.
  private static var processorSeconds: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
}
