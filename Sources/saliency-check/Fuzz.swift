import ArgumentParser
import Foundation

/// Damages real files in thousands of ways and opens each: no crash, no hang, no flood of memory.
struct Fuzz: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Open damaged copies of real files; exit with 1 where one crashes, hangs or floods memory.",
    discussion: """
      Mutant n of seed s is the same whatever the number of mutants: `--first n --mutants 1 --keep FOLDER` makes it again. \
      A JSON file is opened as the architecture of NAME.weights.h5 or NAME.h5 beside it.
      """)

  @Argument(
    help:
      "Models (.h5, .keras, .json) and images (.png, .jpg), folders of them, or archives of test files (.zip)."
  )
  var files: [String]

  @Option(help: "How many mutants, shared among the files in turn.")
  var mutants = 20_000

  @Option(help: "The number of the first mutant.")
  var first = 0

  @Option(help: "The seed of the damage.")
  var seed: UInt64 = 1

  @Option(help: "Most seconds of processor time for a file.")
  var seconds = 5.0

  @Option(help: "Most MiB of memory for a file.")
  var memory = 1024

  @Option(help: "A folder in which mutants that fail are kept.")
  var keep: String?

  func run() throws {
    let folder = NSTemporaryDirectory() + "saliency-fuzz-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let bases = try FuzzBase.all(files, unpackingTo: folder)
    guard !bases.isEmpty else {
      throw ValidationError("no .h5, .keras, .json, .png or .jpg among these files")
    }
    print("\(bases.count) files: \(FuzzBase.kinds(of: bases))")
    var report = FuzzReport()
    var worker: OpeningWorker?
    for number in first..<first + mutants {
      let base = bases[number % bases.count]
      var mutation = Mutation(seed: seed, number: number)
      let path = "\(folder)/mutant.\(base.suffix)"
      try Data(mutation.apply(to: base.bytes, kind: base.kind)).write(to: URL(fileURLWithPath: path))
      let outcome = try open(path, base, with: &worker)
      report.add(outcome, isOver: outcome.memory > memory << 20)
      guard outcome.hasDied || outcome.memory > memory << 20 else { continue }
      print("mutant \(number) of \(base.path), seed \(seed): \(outcome.text), \(outcome.memory >> 20) MiB")
      if let keep {
        try FileManager.default.createDirectory(atPath: keep, withIntermediateDirectories: true)
        try? FileManager.default.copyItem(atPath: path, toPath: "\(keep)/\(number).\(base.suffix)")
      }
    }
    worker?.stop()
    print(report.text)
    if report.failures > 0 { throw ExitCode(1) }
  }

  private func open(
    _ path: String, _ base: FuzzBase, with worker: inout OpeningWorker?
  ) throws -> OpeningOutcome {
    let opener = try worker ?? OpeningWorker()
    let outcome = opener.open(path, weights: base.weights, seconds: seconds)
    worker = outcome.hasDied ? nil : opener
    return outcome
  }
}

/// How opening a mutant went.
struct OpeningOutcome {
  enum End: Hashable { case loaded, refused, contained, signal(Int32), tooSlow }

  var end: End
  /// Processor time.
  var seconds: Double
  /// Bytes, the most of the process and of the one it started.
  var memory: Int

  var hasDied: Bool {
    switch end {
    case .signal, .tooSlow: true
    default: false
    }
  }

  var text: String {
    switch end {
    case .loaded: "loaded"
    case .refused: "refused with an error"
    case .contained: "libhdf5 died in its own process, reported as an error"
    case .signal(let signal): "crashed with signal \(signal)"
    case .tooSlow: "took more than its time"
    }
  }
}

struct FuzzReport {
  private var counts: [OpeningOutcome.End: Int] = [:]
  private var slowest = 0.0
  private var largest = 0
  private(set) var failures = 0

  mutating func add(_ outcome: OpeningOutcome, isOver: Bool) {
    counts[outcome.end, default: 0] += 1
    slowest = max(slowest, outcome.seconds)
    largest = max(largest, outcome.memory)
    if outcome.hasDied || isOver { failures += 1 }
  }

  var text: String {
    let total = counts.values.reduce(0, +)
    let lines = counts.sorted { $0.value > $1.value }.map { end, count in
      "\(count)  \(OpeningOutcome(end: end, seconds: 0, memory: 0).text)"
    }
    return (["\(total) mutants: \(failures) failures"] + lines).joined(separator: "\n")
      + "\nslowest \(String(format: "%.2f", slowest)) s, most memory \(largest >> 20) MiB"
  }
}
