import ArgumentParser
import Foundation

/// Runs `saliency` on damaged inputs of every kind.
struct FuzzCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz",
    abstract:
      "Run `saliency` on damaged inputs; exit with 1 if a command crashes, hangs, or fails without a plain error.",
    discussion: """
      Each mutant is read by a process of its own, the `saliency` beside this program, which must end in time and within \
      its memory, with exit code 0, 1 or 64, and with one line that says what is wrong. Anything else is a finding: its \
      command is printed, and its files are kept with a script, `repeat.sh`, that runs the command again.
      Mutant n of a category and seed is always the same: `--category NAME --first n --mutants 1` makes it again.
      Run it in the folder of the package, whose scenes and test fixtures are damaged. A JSON file is opened as the \
      architecture of NAME.weights.h5 or NAME.h5 beside it.
      """)

  @Argument(
    help:
      "More files to damage: models (.h5, .keras, .json), sidecars and experiments (.yaml), annotations (.xml), images; folders of them, or archives of test files (.zip)."
  )
  var files: [String] = []

  @Option(help: "How many mutants, shared among the categories by their weights.")
  var mutants = 20_000

  @Option(help: "The number of the first mutant of each category.")
  var first = 0

  @Option(help: "The seed of the damage.")
  var seed: UInt64 = 1

  @Option(help: "A category to run; may be repeated. All of them by default.")
  var category: [String] = []

  @Flag(help: "List the categories.")
  var list = false

  @Flag(help: "Damage only the files that are given.")
  var onlyGiven = false

  @Option(help: "How many commands run at once.")
  var jobs = 1

  @Option(help: "Most seconds of processor time for a command.")
  var seconds = 5

  @Option(help: "Most MiB of memory for a command.")
  var memory = 4096

  @Option(help: "The folder in which mutants of findings are kept.")
  var keep = "out/fuzz"

  @Option(help: "How many findings of one kind are printed and kept; the rest are counted.")
  var show = 3

  @Flag(help: "Print what was changed and how the command ended, for every mutant.")
  var verbose = false

  @Option(help: "The program to run. By default the `saliency` beside this one.")
  var program: String?

  func validate() throws {
    for name in category where !fuzzCategories.contains(where: { $0.name == name }) {
      throw ValidationError(
        "--category: found \"\(name)\", expected one of \(fuzzCategories.map { $0.name }.joined(separator: ", "))"
      )
    }
    for (name, value) in [("mutants", mutants), ("jobs", jobs), ("seconds", seconds), ("memory", memory)]
    where value < 1 {
      throw ValidationError("--\(name): found \(value), expected at least 1")
    }
    guard first >= 0, first < 1 << 40, mutants < 1 << 40 else {
      throw ValidationError("--first, --mutants: expected a number from 0 to 2^40")
    }
  }

  func run() throws {
    if list {
      for type in fuzzCategories { print("\(type.name): \(type.about)") }
      return
    }
    let scratch = NSTemporaryDirectory() + "saliency-fuzz-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    let material = try FuzzMaterial(
      given: files, bundled: !onlyGiven, scratch: scratch, program: try programPath(), seed: seed)
    let run = FuzzRun(self, material)
    for (type, count) in shares() {
      guard let prepared = try type.init(material) else {
        print("\(type.name): no file to damage")
        continue
      }
      try run.run(prepared, named: type.name, numbers: first..<first + count)
    }
    let report = run.report
    print(report.text)
    guard report.mutants > 0 else {
      throw ValidationError("found no file to damage; run it in the folder of the package")
    }
    if report.findings > 0 { throw ExitCode(1) }
  }

  /// The categories asked for, each with its part of the mutants.
  private func shares() -> [(type: any FuzzCategory.Type, count: Int)] {
    let chosen = fuzzCategories.filter { category.isEmpty || category.contains($0.name) }
    let total = chosen.reduce(0) { $0 + $1.weight }
    var before = 0
    return chosen.map { type in
      let start = mutants * before / total
      before += type.weight
      return (type, mutants * before / total - start)
    }
  }

  private func programPath() throws -> String {
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let path = program ?? own.deletingLastPathComponent().appendingPathComponent("saliency").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw ValidationError(
        "\(path): no such program; build it with `swift build -c release --product saliency`")
    }
    return path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }
}
