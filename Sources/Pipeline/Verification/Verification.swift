internal import HDF5
public import ModelLibrary
internal import SaliencyCore
internal import Support

/// The comparison of a model's results with those of another program.
public struct Verification: Sendable, Encodable {
  /// The comparison of one dataset.
  public struct Line: Sendable, Encodable {
    /// The name of the dataset.
    public let dataset: String
    /// The error relative to the reference, in the L2 norm.
    public let relativeError: Double
    /// The largest relative error that passes.
    public let tolerance: Double
    /// Whether the error is within the tolerance.
    public let passed: Bool
    /// Why the tolerance is not the usual one.
    public let remark: String?
  }

  /// A dataset that is not compared.
  public struct Skipped: Sendable, Encodable {
    /// The name of the dataset.
    public let dataset: String
    /// Why it is not compared.
    public let reason: String
  }

  /// The path of the reference.
  public let reference: String
  /// The model's name.
  public let model: String
  /// The index of the target class of each sample.
  public let targets: [Int]
  /// The layer of class activation methods.
  public let layer: String?
  /// The datasets that are compared.
  public private(set) var checks: [Line] = []
  /// The datasets that are not compared.
  public private(set) var notChecked: [Skipped] = []

  /// Whether every error is within its tolerance.
  public var passed: Bool { checks.allSatisfy(\.passed) }
  /// The number of errors that exceed their tolerance.
  public var missed: Int { checks.count { !$0.passed } }

  /// Compares a model with a reference file.
  ///
  /// - Parameters:
  ///   - request: The model. One that takes any size gets that of the reference's input.
  ///   - path: An HDF5 file with a dataset `input` and results.
  ///   - tolerances: Tolerances in place of the usual, by the name of the dataset.
  /// - Throws: `HDF5Error`, ``ReferenceError``, or the error of the model.
  public init(_ request: ModelRequest, against path: String, tolerances: [String: Double] = [:]) throws {
    var file = try Reference(path: path)
    var provider = try ModelDesk(request)
    let shape = file.input.shape
    let size = shape.rank == 4 ? InputSize(height: shape[1], width: shape[2]) : nil
    let loaded = try size.map { try provider.model(for: $0) } ?? request.load()
    try self.init(loaded.model, against: &file, path: path, tolerances: tolerances)
  }

  private init(
    _ model: Model, against reference: inout Reference, path: String, tolerances: [String: Double]
  ) throws {
    let request = try Self.request(to: model, reference, path: path)
    self.reference = path
    self.model = model.name
    targets = request.targets.compactMap(\.classIndex)
    layer = request.layer.map { model.graph[$0].name }
    let known = ReferenceCheck.all.flatMap(\.names)
    for name in reference.names where !known.contains(name) && !ReferenceCheck.auxiliary.contains(name) {
      notChecked.append(Skipped(dataset: name, reason: "not a name that is known"))
    }
    for check in ReferenceCheck.all {
      guard let wanted = try reference.values(ofAny: check.names) else { continue }
      switch try check.compute(request, reference.given(for: check)) {
      case .unavailable(let reason): notChecked.append(Skipped(dataset: check.name, reason: reason))
      case .values(let found):
        let rounding = try check.rounding?(request) ?? 0
        checks.append(Self.line(check, found, wanted, stated: tolerances[check.name], rounding: rounding))
      }
    }
    guard !checks.isEmpty else {
      throw ReferenceError.nothingToCheck(
        file: path, datasets: reference.names, known: ReferenceCheck.knownNames)
    }
  }

  private static func request(
    to model: Model, _ reference: borrowing Reference, path: String
  ) throws -> AttributionRequest {
    let known = Set(ReferenceCheck.all.flatMap(\.names)).subtracting(ReferenceCheck.outputs)
    let reach = known.isDisjoint(with: reference.names) ? Reach.layer : .pixels
    do {
      return try AttributionRequest(
        model, inputs: reference.input,
        targets: reference.targets.isEmpty ? [.top] : reference.targets.map(Target.index),
        layer: reference.layer, reach: reach)
    } catch {
      throw ReferenceError.doesNotFit(
        file: path, model: model.name, computedWith: reference.model, reason: ErrorText.sentence(error))
    }
  }

  /// The error is infinite if the number of elements differs or a value is NaN.
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
        ? "the tolerance is raised from \(NumberText.scientific(check.tolerance)): the layer's activations cancel in what "
          + "the method divides by, so that their rounding in float32 alone may move the map this far" : nil)
  }

  /// The comparison as a table.
  public var text: String {
    var table = TextTable(
      .init("dataset"), .init("relative L2", .right), .init("tolerance", .right), .init(""))
    for line in checks {
      table.add(
        line.dataset, NumberText.scientific(line.relativeError), NumberText.scientific(line.tolerance),
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
  /// The attributes and datasets that say how a dataset was computed.
  fileprivate mutating func given(for check: ReferenceCheck) throws(HDF5Error) -> ReferenceCheck.Given {
    var given = ReferenceCheck.Given()
    guard let dataset = check.names.first(where: names.contains) else { return given }
    if check.name == "smooth-grad" {
      given.noise = try values(ofAny: ReferenceCheck.noise)
      given.sigma = number("sigma", of: dataset).map(Float.init)
    }
    given.steps = number("steps", of: dataset).flatMap { Int(exactly: $0) }
    return given
  }
}
