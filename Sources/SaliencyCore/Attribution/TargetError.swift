internal import Support

/// A target that a model does not have, or a model without classes.
public enum TargetError: Error, Equatable, CustomStringConvertible {
  /// The rank is 0, or there are fewer classes.
  case noRank(Int, classes: Int)
  /// No class has the index.
  case noIndex(Int, classes: Int)
  /// A label was given, and the model has none.
  case noLabels(String, classes: Int)
  /// No class has the label.
  case unknownLabel(String, known: [String])
  /// Several classes have the label.
  case ambiguousLabel(String, candidates: [Candidate])
  /// A text that can be read in two ways: as `target`, and as the name of `class`.
  case ambiguous(String, target: Target, indexed: Candidate?, named: Candidate)
  /// A function of targets that cannot be read.
  case malformed(String, reason: String)
  /// One class is needed, and the target is another number.
  case notOneClass(String)
  /// The output has no such position.
  case noPosition([Int], model: String, output: String, shape: Shape)
  /// The model's output is one number without a sigmoid.
  case noProbability(String, model: String)
  /// The targets of one request read different nodes.
  case differentScores(String, String)
  /// The output is a map or a list, not one row of class scores.
  case noClasses(model: String, output: String, shape: Shape)
  /// The output holds NaN, so that its classes have no order.
  case notANumber(model: String, output: String, count: Int, classes: Int)

  /// A class that the text may mean.
  public struct Candidate: Sendable, Equatable {
    /// The index of the class.
    public let index: Int
    /// The label of the class.
    public let label: String
  }

  /// How a position of an output is written.
  private static func positionForm(_ shape: Shape) -> String {
    switch shape.rank {
    case 3: "position(y, x, channel)"
    case 2: "position(place, channel)"
    default: "position(\(shape.dimensions.indices.map { "i\($0)" }.joined(separator: ", ")))"
    }
  }

  static func ambiguous(_ text: String, as target: Target, labels: [String], named: Int) -> TargetError {
    func candidate(_ index: Int) -> Candidate { Candidate(index: index, label: labels[index]) }
    var indexed: Candidate?
    if case .index(let index) = target { indexed = candidate(index) }
    return .ambiguous(text, target: target, indexed: indexed, named: candidate(named))
  }

  public var description: String {
    switch self {
    case .noRank(let rank, let classes):
      return "target top\(rank): the model has \(classes) classes, wanted a rank from 1 to \(classes)"
    case .noIndex(let index, let classes):
      return "target \(index): the model has \(classes) classes, wanted an index from 0 to \(classes - 1)"
    case .noLabels(let name, let classes):
      return "target \"\(name)\": the model has no labels, wanted an index from 0 to \(classes - 1) "
        + "(or a labels file: --labels)"
    case .unknownLabel(let name, let known):
      let near = suggestion(for: name, among: known)
      let rest =
        known.count <= 12
        ? " (\(known.joined(separator: ", ")))"
        : "; `saliency predict` lists likely ones, and an index works too"
      return "target \"\(name)\": no class of this name among the model's \(known.count)"
        + (near.isEmpty ? rest : near)
    case .ambiguousLabel(let name, let candidates):
      let listed = candidates.prefix(3).map { "\($0.index) \"\($0.label)\"" }.joined(separator: ", ")
      let more = candidates.count > 3 ? " and others" : ""
      return
        "target \"\(name)\": \(candidates.count) classes have this name (\(listed)\(more)); give the index"
    case .ambiguous(let text, let target, let indexed, let named):
      let reading = indexed.map { "the index of class \"\($0.label)\"" } ?? "a rank among the predictions"
      return "target \"\(text)\": found \(reading) and the name of class \(named.index), wanted one class. "
        + "Write \(target.spelling) or label:\(text)"
    case .malformed(let text, let reason): return "target \"\(text)\": \(reason)"
    case .notOneClass(let text): return "target \"\(text)\" is no single class"
    case .noPosition(let coordinates, let model, let output, let shape):
      return
        "target \"\(Target.position(coordinates).text)\": output \"\(output)\" of \(model) has shape \(shape), "
        + "wanted \(Self.positionForm(shape)) within it"
    case .noProbability(let text, let model):
      return
        "target \"\(text)\": the output of \(model) is one number without a sigmoid, which is no probability. Try "
        + "\"output(0)\""
    case .differentScores(let first, let second):
      return
        "targets \"\(first)\" and \"\(second)\": one request explains logits or values of the output, not both"
    case .noClasses(let model, let output, let shape):
      return
        "\(model): output \"\(output)\" has shape \(shape), wanted one row of class scores. For a map or a list, "
        + "explain one position of it: --target \"\(Self.positionForm(shape))\"; or name an output that gives class "
        + "scores with --output-layer"
    case .notANumber(let model, let output, let count, let classes):
      return
        "\(model): output \"\(output)\" is NaN for \(count) of \(classes) classes, wanted numbers. Check the "
        + "preprocessing, and the weights for NaN and infinity"
    }
  }
}
