internal import ArgumentParser
internal import ModelLibrary
internal import SaliencyCore
internal import Support

/// `saliency verify`: compares a model's results with those of another program.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compares every result in a reference file with ours; exits with 1 where one differs.",
    discussion: """
      A reference is an HDF5 file with a dataset "input" (preprocessed, 1 x height x width x channels) and results \
      computed from it under any of these names:
      \(ReferenceCheck.all.map(\.name).joined(separator: ", ")).
      Its attribute target names the class (default: the top one), conv the layer (default: the model's).
      """)

  @Argument(
    help: ArgumentHelp("An HDF5 file of results.", valueName: "reference.h5"),
    completion: .file(extensions: ["h5"]))
  var reference: String

  @OptionGroup(title: "Model") var model: ModelOptions

  @Option(
    help: ArgumentHelp(
      "Another tolerance than the usual for one dataset; may be given several times.",
      valueName: "dataset=error"),
    transform: { try ToleranceOption($0) })
  var tolerance: [ToleranceOption] = []

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let console = Invocation.current.console
    var file = try Reference(path: reference)
    let request = self.model.request
    var desk = try ModelDesk(request)
    let shape = file.input.shape
    let size = shape.rank == 4 ? InputSize(height: shape[1], width: shape[2]) : nil
    let model = try size.map { try desk.model(for: $0) } ?? request.load()
    let found = try Verification(
      model.model, against: &file, path: reference,
      tolerances: Dictionary(tolerance.map { ($0.dataset, $0.value) }) { $1 })
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
    let known = ReferenceCheck.all.map(\.name)
    guard known.contains(parts[0]) else {
      throw OptionError(
        "no dataset is called \"\(parts[0])\"\(suggestion(for: parts[0], among: known)) "
          + "(known: \(known.joined(separator: ", ")))")
    }
    dataset = parts[0]
    self.value = value
  }
}

/// Results differ by more than they may.
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
