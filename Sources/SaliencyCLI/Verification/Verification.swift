internal import HDF5
internal import SaliencyCore

/// What came of holding a model against a reference.
struct Verification: Encodable {
  struct Line: Encodable {
    let dataset: String
    let relativeError: Double
    let tolerance: Double
    let passed: Bool
    /// Why the tolerance is not the usual one.
    let remark: String?
  }

  struct Skipped: Encodable {
    let dataset: String
    let reason: String
  }

  let reference: String
  let model: String
  let targets: [Int]
  let layer: String?
  private(set) var checks: [Line] = []
  private(set) var notChecked: [Skipped] = []

  var passed: Bool { checks.allSatisfy(\.passed) }
  var missed: Int { checks.count { !$0.passed } }

  /// Computes everything the reference holds that is known.
  ///
  /// - Parameter tolerances: Other tolerances than the usual, by dataset.
  /// - Throws: What the model throws at the reference's input; `ReferenceError.nothingToCheck`.
  init(
    _ model: Model, against reference: inout Reference, path: String, tolerances: [String: Double]
  ) throws {
    let request = try Self.request(to: model, reference, path: path)
    self.reference = path
    self.model = model.name
    targets = request.targets
    layer = request.layer.map { model.graph[$0].name }
    let known = ReferenceCheck.all.map(\.name)
    for name in reference.names where !known.contains(name) && !ReferenceCheck.auxiliary.contains(name) {
      notChecked.append(Skipped(dataset: name, reason: "not a name that is known"))
    }
    for check in ReferenceCheck.all {
      guard let wanted = try reference.values(check.name) else { continue }
      switch try check.compute(request, reference.given(for: check.name)) {
      case .unavailable(let reason): notChecked.append(Skipped(dataset: check.name, reason: reason))
      case .values(let found):
        let rounding = try check.rounding?(request) ?? 0
        checks.append(Self.line(check, found, wanted, stated: tolerances[check.name], rounding: rounding))
      }
    }
    guard !checks.isEmpty else {
      throw ReferenceError.nothingToCheck(file: path, datasets: reference.names, known: known)
    }
  }

  private static func request(
    to model: Model, _ reference: borrowing Reference, path: String
  ) throws -> AttributionRequest {
    let known = Set(ReferenceCheck.all.map(\.name)).subtracting(ReferenceCheck.outputs)
    let reach = known.isDisjoint(with: reference.names) ? Reach.layer : .pixels
    do {
      return try AttributionRequest(
        model, inputs: reference.input,
        targets: reference.targets.isEmpty ? [.top] : reference.targets.map(Target.index),
        layer: reference.layer, reach: reach)
    } catch {
      throw ReferenceError.doesNotFit(
        file: path, model: model.name, computedWith: reference.model, reason: Failure.sentence(error))
    }
  }

  /// Another number of elements is infinitely far; so is anything that is not a number.
  private static func line(
    _ check: ReferenceCheck, _ found: Tensor, _ wanted: Tensor, stated: Double?, rounding: Double
  ) -> Line {
    let error =
      found.count == wanted.count
      ? found.reshaped(to: wanted.shape).relativeError(to: wanted) : .infinity
    let isRaised = stated == nil && rounding > check.tolerance
    let tolerance = stated ?? max(check.tolerance, rounding)
    return Line(
      dataset: check.name, relativeError: error, tolerance: tolerance, passed: error <= tolerance,
      remark: isRaised
        ? "the tolerance is raised from \(Decimals.scientific(check.tolerance)): the layer's activations cancel in what "
          + "the method divides by, so that their rounding in float32 alone may move the map this far" : nil)
  }

  var text: String {
    var table = TextTable(
      .init("dataset"), .init("relative L2", .right), .init("tolerance", .right), .init(""))
    for line in checks {
      table.add(
        line.dataset, Decimals.scientific(line.relativeError), Decimals.scientific(line.tolerance),
        line.passed ? "ok" : "MISSED")
    }
    let about = [
      "reference  \(reference)", "model      \(model)",
      "target     \(targets.map(String.init).joined(separator: ", "))", "layer      \(layer ?? "none")",
    ]
    let remarks = checks.compactMap { line in line.remark.map { "\(line.dataset): \($0)" } }
    let skipped = notChecked.map { "not checked: \($0.dataset) (\($0.reason))" }
    return (about + ["", table.text] + (remarks + skipped).map { "\n" + $0 }).joined(separator: "\n")
  }
}

extension Reference {
  /// What the file says about how a dataset was made.
  fileprivate mutating func given(for name: String) throws(HDF5Error) -> ReferenceCheck.Given {
    var given = ReferenceCheck.Given()
    if name == "smoothgrad" {
      given.noise = try values("smoothgrad_noise")
      given.sigma = number("sigma", of: name).map(Float.init)
    }
    given.steps = number("steps", of: name).flatMap { Int(exactly: $0) }
    return given
  }
}
