internal import ArgumentParser
internal import ModelLibrary
internal import Pipeline
internal import Support

/// `saliency verify`: compares a model's results with those of another program.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compare a model's results with those of another program.",
    discussion: """
      A reference is an HDF5 file with a dataset "input" (preprocessed, 1 x height x width x channels) and results \
      computed from it under any of these names:
      \(ReferenceCheck.knownNames.joined(separator: ", ")).
      Its attribute target names the class (default: the top one), conv the layer (default: the model's). The exit code is 1 \
      if a result differs by more than its tolerance.
      """)

  @Argument(
    help: ArgumentHelp("An HDF5 file of results.", valueName: "reference.h5"),
    completion: .file(extensions: ["h5"]))
  var reference: String

  @OptionGroup(title: "Model") var model: ModelOptions

  @Option(
    help: ArgumentHelp(
      "The largest relative error of a dataset, in place of the usual; separated by commas, may be repeated.",
      valueName: "dataset=error"),
    transform: { text in try ListText.items(of: text).map { try ToleranceOption($0) } })
  var tolerance: [[ToleranceOption]] = []

  @OptionGroup(title: "Running") var running: RunOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let console = running.console()
    let tolerances = tolerance.flatMap(\.self).map { ($0.dataset, $0.value) }
    let found = try Verification(
      model.request, against: reference, tolerances: Dictionary(tolerances) { $1 })
    console.print(json ? try JSONText.encode(found) : found.text)
    guard found.passed else {
      throw ToleranceMissed(reference: reference, missed: found.missed, of: found.checks.count)
    }
  }
}

/// `gradient=1e-2`.
struct ToleranceOption: Sendable {
  let dataset: String
  let value: Double

  init(_ text: String) throws(OptionError) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, let value = Double(parts[1]), value >= 0 else {
      throw OptionError("wanted a dataset and its largest relative error, as in gradient=1e-2")
    }
    let known = ReferenceCheck.knownNames
    guard let name = ReferenceCheck.currentName(of: parts[0]) else {
      throw OptionError(
        "no dataset is called \"\(parts[0])\"\(suggestion(for: parts[0], among: known)) "
          + "(known: \(known.joined(separator: ", ")))")
    }
    dataset = name
    self.value = value
  }
}

/// Results differ by more than their tolerance.
struct ToleranceMissed: Error, CustomStringConvertible {
  let reference: String
  let missed: Int
  let total: Int

  init(reference: String, missed: Int, of total: Int) {
    self.reference = reference
    self.missed = missed
    self.total = total
  }

  var description: String {
    "\(reference): \(missed) of \(total) datasets differ by more than their tolerance"
  }
}
